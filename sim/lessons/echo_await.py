"""An echo server in ``async def``: the generators' text with other words, and a clear name for what it is.

``await`` does what ``yield from`` did. What is gained is that the two cannot be mixed up: an ``async
def`` is never taken for an iterator, and nothing in it is left or entered but where it says ``await``.
Below it runs the same :class:`~sim.lessons.coroutine.CoroutineTask`, and below that one ``epoll_wait``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sim.lessons.coroutine import CoroutineTask, readable, writable
from sim.lessons.event_loop import EventLoop

READ_BYTES = 65_536


async def serve(loop: EventLoop, listener: Any) -> None:
    """Accept connections for ever, and start a task for each.

    Args:
        loop: the loop that runs it.
        listener: a listening socket; it is made non-blocking.
    """
    listener.setblocking(False)
    while True:
        await readable(loop, listener.fileno())
        with suppress(BlockingIOError):  # its client has gone again
            connection, _ = listener.accept()
            CoroutineTask(loop, echo(loop, connection))


async def echo(loop: EventLoop, connection: Any) -> None:
    """Send one client's bytes back until it has no more."""
    connection.setblocking(False)
    with connection, suppress(ConnectionError):
        while True:
            await readable(loop, connection.fileno())
            data = connection.recv(READ_BYTES)
            if not data:
                return
            await send_all(loop, connection, data)


async def send_all(loop: EventLoop, connection: Any, data: bytes) -> None:
    """Send all of it, waiting for room as often as needed."""
    while data:
        try:
            data = data[connection.send(data) :]
        except BlockingIOError:
            await writable(loop, connection.fileno())
