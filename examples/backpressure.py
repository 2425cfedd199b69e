"""Back-pressure: a reader that is slower than its writer, and the writer that waits in drain().

The writer's data goes from the transport's buffer to the socket's, and on to the reader's; when all three
are full, drain() suspends the writer until the reader has made room.
"""

import asyncio
import socket

CHUNK = bytes(65_536)
CHUNKS = 12


async def slow_reader(reader, writer):
    received = 0
    while data := await reader.read(65_536):
        received += len(data)
        await asyncio.sleep(0.2)
    print(f"received {received:,} bytes")
    writer.close()
    done.set()


async def fast_writer():
    # A small send buffer fills up soon.
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
    end.setblocking(False)
    await asyncio.get_running_loop().sock_connect(end, ("127.0.0.1", 8080))
    _, writer = await asyncio.open_connection(sock=end)
    for number in range(CHUNKS):
        writer.write(CHUNK)
        await writer.drain()
        print(f"sent chunk {number + 1} of {CHUNKS}")
    writer.close()


async def main():
    server = await asyncio.start_server(slow_reader, "127.0.0.1", 8080)
    await asyncio.create_task(fast_writer(), name="fast writer")
    await done.wait()
    server.close()


done = asyncio.Event()
asyncio.run(main())
