"""An echo server in generators: the same server, told from beginning to end.

``yield from`` leaves the function and comes back with the result, so that what has not been sent yet
is a plain variable, and what comes next is the next line. This is how coroutines were written before
they had a syntax of their own; :mod:`sim.lessons.echo_await` has it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import Any

from sim.lessons.coroutine import CoroutineTask, readable, writable
from sim.lessons.event_loop import EventLoop

READ_BYTES = 65_536
Coroutine = Generator[Any, Any, None]


def serve(loop: EventLoop, listener: Any) -> Coroutine:
    """Accept connections for ever, and start a task for each.

    Args:
        loop: the loop that runs it.
        listener: a listening socket; it is made non-blocking.
    """
    listener.setblocking(False)
    while True:
        yield from readable(loop, listener.fileno())
        with suppress(BlockingIOError):  # its client has gone again
            connection, _ = listener.accept()
            CoroutineTask(loop, echo(loop, connection))


def echo(loop: EventLoop, connection: Any) -> Coroutine:
    """Send one client's bytes back until it has no more."""
    connection.setblocking(False)
    with connection, suppress(ConnectionError):
        while True:
            yield from readable(loop, connection.fileno())
            data = connection.recv(READ_BYTES)
            if not data:
                return
            yield from send_all(loop, connection, data)


def send_all(loop: EventLoop, connection: Any, data: bytes) -> Coroutine:
    """Send all of it, waiting for room as often as needed."""
    while data:
        try:
            data = data[connection.send(data) :]
        except BlockingIOError:
            yield from writable(loop, connection.fileno())
