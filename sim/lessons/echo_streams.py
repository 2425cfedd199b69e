"""The echo server on asyncio's own streams: the few lines that a program really needs.

Nothing here mentions epoll, descriptors or callbacks. The task is suspended at ``await reader.read()`` until
bytes arrive; :mod:`sim.path.packet_path` follows the packet that wakes it.
"""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter

READ_BYTES = 65_536


async def echo(reader: StreamReader, writer: StreamWriter) -> None:
    """Send one client's bytes back until it has no more."""
    while not reader.at_eof():
        data = await reader.read(READ_BYTES)
        writer.write(data)
        await writer.drain()
    writer.close()
