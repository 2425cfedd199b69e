"""Streams over TCP: lines and blocks, half-closed connections, back-pressure, large transfers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def _served(handler, **options):
    """Run a server within this context, and return its address."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0, **options)
    try:
        yield server.sockets[0].getsockname()
    finally:
        server.close()
        await server.wait_closed()


async def _ended(writer):
    writer.close()
    await writer.wait_closed()


async def _echo(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    await _ended(writer)


async def echo_and_end(log):
    async with _served(_echo) as address:
        reader, writer = await asyncio.open_connection(*address)
        for text in (b"one", b"two"):
            writer.write(text)
            log(await reader.readexactly(3))
        writer.write_eof()
        log(await reader.read(), reader.at_eof(), writer.can_write_eof())
        await _ended(writer)


async def lines_and_exact_blocks(log):
    async def server(reader, writer):
        log(await reader.readline(), await reader.readexactly(4), await reader.readuntil(b";"))
        log(await reader.readline(), await reader.read(-1))
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.writelines([b"a line\n", b"1234", b"until;", b"rest\n", b"end"])
        writer.write_eof()
        log(await reader.read())
        await _ended(writer)


async def an_incomplete_read_says_what_there_was(log):
    async def server(reader, writer):
        try:
            await reader.readexactly(10)
        except asyncio.IncompleteReadError as error:
            log(error.partial, error.expected)
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"short")
        writer.write_eof()
        log(await reader.read())
        await _ended(writer)


async def a_line_beyond_the_limit(log):
    async def server(reader, writer):
        try:
            await reader.readline()
        except ValueError as error:
            log(str(error))
        await _ended(writer)

    async with _served(server, limit=32) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"x" * 100 + b"\n")
        try:
            log(await reader.read())
        except ConnectionResetError:  # what was not read resets the connection
            log(b"")
        writer.close()


async def a_half_closed_client_still_gets_its_answer(log):
    async def server(reader, writer):
        question = await reader.read()
        log("question", question)
        writer.write(question[::-1])
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.write(b"!")
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"abc")
        writer.write_eof()
        log("answer", await reader.read())
        await _ended(writer)


async def a_server_that_ends_its_half_first(log):
    async def server(reader, writer):
        writer.write(b"bye")
        writer.write_eof()
        log("then", await reader.read())
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        log(await reader.read())
        writer.write(b"thanks")
        await _ended(writer)
        await asyncio.sleep(0.01)


async def back_pressure_holds_the_sender(log):
    go_on = asyncio.Event()

    async def server(reader, writer):
        await go_on.wait()
        total = 0
        while data := await reader.read(65_536):
            total += len(data)
        log("server took", total)
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.transport.set_write_buffer_limits(high=65_536)
        size = 16 << 20
        writer.write(bytes(size))
        draining = asyncio.create_task(writer.drain())
        await asyncio.sleep(0.02)
        log("held up", not draining.done(), writer.transport.get_write_buffer_size() > 65_536)
        go_on.set()
        await draining
        writer.write_eof()
        log(await reader.read())
        await _ended(writer)


async def a_reader_that_does_not_read_is_paused(log):
    async with _served(_echo) as address:
        reader, writer = await asyncio.open_connection(*address, limit=1024)
        writer.write(bytes(20_000))
        transport: Any = writer.transport
        await asyncio.sleep(0.02)
        log(transport.is_reading())
        log(len(await reader.readexactly(20_000)), transport.is_reading())
        await _ended(writer)


async def a_large_transfer_both_ways(log):
    data = bytes(range(256)) * 16_384  # 4 MiB

    async def send(writer):
        for first in range(0, len(data), 65_536):
            writer.write(data[first : first + 65_536])
            await writer.drain()
        writer.write_eof()

    async with _served(_echo) as address:
        reader, writer = await asyncio.open_connection(*address)
        _, answer = await asyncio.gather(send(writer), reader.read())
        log(len(answer), answer == data)
        await _ended(writer)


async def many_clients_at_once(log, count=200):
    async def client(number, address):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"client %d" % number)
        answer = await reader.readexactly(len(b"client %d" % number))
        await _ended(writer)
        return answer

    async with _served(_echo, backlog=4096) as address:
        answers = await asyncio.gather(*(client(number, address) for number in range(count)))
    log(answers == [b"client %d" % number for number in range(count)], len(answers))


async def clients_one_after_the_other(log):
    peers = set()

    async def server(reader, writer):
        peers.add(writer.get_extra_info("peername"))
        writer.write(await reader.readline())
        await _ended(writer)

    async with _served(server) as address:
        for number in range(5):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b"%d\n" % number)
            log(await reader.read(), writer.get_extra_info("peername") == address)
            await _ended(writer)
    log(len(peers))


async def reading_to_the_end_with_async_for(log):
    async def server(reader, writer):
        for number in range(4):
            writer.write(b"line %d\n" % number)
            await writer.drain()
            await asyncio.sleep(0)
        await _ended(writer)

    async with _served(server) as address:
        reader, writer = await asyncio.open_connection(*address)
        async for line in reader:
            log(line)
        await _ended(writer)


async def a_pipeline_of_two_servers(log):
    async with _served(_echo) as behind:

        async def proxy(reader, writer):
            far_reader, far_writer = await asyncio.open_connection(*behind)
            far_writer.write(await reader.readline())
            writer.write(b"via proxy: " + await far_reader.readline())
            await _ended(far_writer)
            await _ended(writer)

        async with _served(proxy) as front:
            reader, writer = await asyncio.open_connection(*front)
            writer.write(b"hello\n")
            log(await reader.read())
            await _ended(writer)


async def cancelled_while_it_reads(log):
    async with _served(_echo) as address:
        reader, writer = await asyncio.open_connection(*address)
        reading = asyncio.create_task(reader.read(10))
        await asyncio.sleep(0.001)
        reading.cancel()
        log(await asyncio.gather(reading, return_exceptions=True))
        writer.write(b"again")
        log(await reader.readexactly(5))
        await _ended(writer)


async def one_reader_at_a_time(log):
    async with _served(_echo) as address:
        reader, writer = await asyncio.open_connection(*address)
        first = asyncio.create_task(reader.read(1))
        await asyncio.sleep(0)
        try:
            await reader.read(1)
        except RuntimeError as error:
            log(str(error))
        writer.write(b"x")
        log(await first)
        await _ended(writer)
