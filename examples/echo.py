"""An echo server and three clients: one task each, awake only while it has something to do.

Watch a client: it writes, awaits the answer, and is a suspended row until the server's write puts its
descriptor on the ready list.
"""

import asyncio


async def serve(reader, writer):
    while data := await reader.read(100):
        writer.write(data.upper())
        await writer.drain()
    writer.close()


async def client(number):
    reader, writer = await asyncio.open_connection("localhost", 8080)
    for line in (b"hello", b"how are you", b"goodbye"):
        await asyncio.sleep(0.1 * number)
        writer.write(line)
        answer = await reader.read(100)
        print(f"client {number}: {answer.decode()}")
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "localhost", 8080)
    async with asyncio.TaskGroup() as group:
        for number in (1, 2, 3):
            group.create_task(client(number), name=f"client {number}")
    server.close()


asyncio.run(main())
