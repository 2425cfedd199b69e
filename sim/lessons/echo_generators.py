"""An echo server in generators: the same server, written in the order in which things happen.

``yield from`` leaves the function and returns to it with the result. So unsent bytes are a local variable,
and the next step is the next line. Coroutines were written this way before Python had a syntax for them;
:mod:`sim.lessons.echo_await` uses that syntax.
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
    """Accept connections without end, and start a task for each.

    Args:
        loop: the loop that runs the server.
        listener: a listening socket; this makes it non-blocking.
    """
    listener.setblocking(False)
    while True:
        yield from readable(loop, listener.fileno())
        with suppress(BlockingIOError):  # the client has closed its connection already
            connection, _ = listener.accept()
            CoroutineTask(loop, echo(loop, connection))


def echo(loop: EventLoop, connection: Any) -> Coroutine:
    """Send one client's bytes back until it ends its stream."""
    connection.setblocking(False)
    with connection, suppress(ConnectionError):
        while True:
            yield from readable(loop, connection.fileno())
            data = connection.recv(READ_BYTES)
            if not data:
                return
            yield from send_all(loop, connection, data)


def send_all(loop: EventLoop, connection: Any, data: bytes) -> Coroutine:
    """Send all bytes; wait for room in the send buffer as often as needed."""
    while data:
        try:
            data = data[connection.send(data) :]
        except BlockingIOError:
            yield from writable(loop, connection.fileno())
