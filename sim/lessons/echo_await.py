"""An echo server in ``async def``: the server in generators, with ``await`` in place of ``yield from``.

``await`` does the same as ``yield from``. The gain is clarity: an ``async def`` function cannot be mistaken
for an iterator, and it stops only at an ``await``. It runs on the same
:class:`~sim.lessons.coroutine.CoroutineTask`, which runs on one ``epoll_wait``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sim.lessons.coroutine import CoroutineTask, readable, writable
from sim.lessons.event_loop import EventLoop

READ_BYTES = 65_536


async def serve(loop: EventLoop, listener: Any) -> None:
    """Accept connections without end, and start a task for each.

    Args:
        loop: the loop that runs the server.
        listener: a listening socket; this makes it non-blocking.
    """
    listener.setblocking(False)
    while True:
        await readable(loop, listener.fileno())
        with suppress(BlockingIOError):  # the client has closed its connection already
            connection, _ = listener.accept()
            CoroutineTask(loop, echo(loop, connection))


async def echo(loop: EventLoop, connection: Any) -> None:
    """Send one client's bytes back until it ends its stream."""
    connection.setblocking(False)
    with connection, suppress(ConnectionError):
        while True:
            await readable(loop, connection.fileno())
            data = connection.recv(READ_BYTES)
            if not data:
                return
            await send_all(loop, connection, data)


async def send_all(loop: EventLoop, connection: Any, data: bytes) -> None:
    """Send all bytes; wait for room in the send buffer as often as needed."""
    while data:
        try:
            data = data[connection.send(data) :]
        except BlockingIOError:
            await writable(loop, connection.fileno())
