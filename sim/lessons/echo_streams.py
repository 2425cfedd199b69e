"""The echo server once more, with asyncio's own streams: the few lines that a program has to be.

Nothing here says epoll, descriptor or callback. The task stands at ``await reader.read()`` until bytes have
come; what wakes it is what :mod:`sim.path.packet_path` follows.
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
