"""Servers and connections: refused, reset, closed, aborted; create_server with protocols."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct


class _Recorder(asyncio.Protocol):
    """Logs the calls of its methods."""

    def __init__(self, log, name, answer=None):
        self.log, self.name, self.answer = log, name, answer
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.log(self.name, "made")

    def data_received(self, data):
        self.log(self.name, "data", data)
        if self.answer:
            self.transport.write(self.answer)

    def eof_received(self):
        self.log(self.name, "eof")

    def connection_lost(self, error):
        self.log(self.name, "lost", error and type(error).__name__)
        self.over.set_result(None)


async def _pair(log, answer=b"answer"):
    """A server, its protocol, and a client's transport and protocol."""
    loop = asyncio.get_running_loop()
    accepted = loop.create_future()

    def serve():
        protocol = _Recorder(log, "server", answer)
        accepted.set_result(protocol)
        return protocol

    server = await loop.create_server(serve, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    transport, client = await loop.create_connection(lambda: _Recorder(log, "client"), *address)
    return server, await accepted, transport, client


async def protocols_talk(log):
    server, there, transport, here = await _pair(log)
    transport.write(b"question")
    await asyncio.sleep(0.01)
    transport.close()
    log(transport.is_closing())
    await asyncio.gather(here.over, there.over)
    server.close()


async def eof_of_one_side_closes_the_other(log):
    server, there, transport, here = await _pair(log)
    transport.write_eof()
    await asyncio.gather(here.over, there.over)
    server.close()


async def an_aborted_connection_is_lost_at_once(log):
    server, there, transport, here = await _pair(log)
    transport.write(b"x" * 10)
    transport.abort()
    await here.over
    await there.over
    server.close()


async def reading_is_paused_and_resumed(log):
    server, there, transport, _ = await _pair(log, answer=None)
    there.transport.pause_reading()
    transport.write(b"held back")
    await asyncio.sleep(0.01)
    log("nothing yet", there.transport.is_reading())
    there.transport.resume_reading()
    await asyncio.sleep(0.01)
    transport.close()
    await there.over
    server.close()


async def writing_is_paused_and_resumed(log):
    class Sender(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def pause_writing(self):
            log("pause")

        def resume_writing(self):
            log("resume")
            self.transport.close()

    loop = asyncio.get_running_loop()
    over = loop.create_future()
    server = await loop.create_server(lambda: _Slow(log, over), "127.0.0.1", 0)
    transport, _ = await loop.create_connection(Sender, *server.sockets[0].getsockname())
    transport.set_write_buffer_limits(high=1000, low=100)
    transport.write(bytes(32 << 20))
    log(transport.get_write_buffer_limits())
    await over
    server.close()


class _Slow(asyncio.Protocol):
    """Counts received bytes."""

    def __init__(self, log, over):
        self.log, self.over, self.total = log, over, 0

    def data_received(self, data):
        self.total += len(data)

    def connection_lost(self, error):
        self.log(self.total)
        self.over.set_result(None)


async def buffered_protocols(log):
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self):
            self.buffer, self.over = bytearray(4), asyncio.get_running_loop().create_future()

        def get_buffer(self, sizehint):
            return self.buffer

        def buffer_updated(self, nbytes):
            log(bytes(self.buffer[:nbytes]))

        def eof_received(self):
            log("eof")

        def connection_lost(self, error):
            self.over.set_result(None)

    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    _, protocol = await loop.create_connection(Buffered, sock=here)
    there.send(b"abcdefgh")
    there.close()
    await protocol.over


async def connection_refused(log):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    server.close()
    await server.wait_closed()
    try:
        await asyncio.open_connection(*address)
    except ConnectionRefusedError as error:
        log(error.errno == errno.ECONNREFUSED)


async def connection_reset(log):
    async def resets(reader, writer):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        await reader.read(1)
        writer.transport.abort()

    server = await asyncio.start_server(resets, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"x")
    try:
        await reader.read()
    except ConnectionResetError as error:
        log(error.errno == errno.ECONNRESET)
    try:
        writer.write(b"y")
        await writer.drain()
    except ConnectionError as error:
        log(type(error).__name__)
    writer.close()
    server.close()


async def writing_to_who_has_gone(log):
    gone = asyncio.Event()

    async def goes(reader, writer):
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(goes, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await gone.wait()
    log(await reader.read())
    for _ in range(5):
        writer.write(b"x")
        try:
            await writer.drain()
        except ConnectionError as error:
            log(isinstance(error, BrokenPipeError | ConnectionResetError))
            break
        await asyncio.sleep(0.005)
    writer.close()
    server.close()


async def an_address_in_use(log):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    try:
        await loop.create_server(asyncio.Protocol, *server.sockets[0].getsockname())
    except OSError as error:
        log(error.errno == errno.EADDRINUSE)
    server.close()


async def a_closed_server_lets_its_connections_live(log):
    server, there, transport, _ = await _pair(log)
    server.close()
    log(server.is_serving(), server.sockets)
    transport.write(b"still there?")
    await asyncio.sleep(0.01)
    transport.close()
    await there.over
    await server.wait_closed()
    log("closed")


async def serving_begins_when_asked(log):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, start_serving=False)
    log(server.is_serving())
    await server.start_serving()
    log(server.is_serving())
    async with server:
        task = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0.001)
        task.cancel()
        log(await asyncio.gather(task, return_exceptions=True))
    log(server.is_serving())


async def a_server_on_all_addresses(log):
    async def server(reader, writer):
        writer.write(await reader.readline())
        writer.close()

    listening = await asyncio.start_server(server, "0.0.0.0", 0)
    port = listening.sockets[0].getsockname()[1]
    for host in ("127.0.0.1", "127.0.0.2"):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"hello\n")
        log(host, await reader.read(), writer.get_extra_info("peername") == (host, port))
        writer.close()
    listening.close()


async def names_are_resolved(log):
    loop = asyncio.get_running_loop()
    asked = {"family": socket.AF_INET, "type": socket.SOCK_STREAM}
    log(await loop.getaddrinfo("localhost", 80, **asked))
    log(await loop.getaddrinfo(None, 80, flags=socket.AI_PASSIVE, **asked))
    try:
        await loop.getaddrinfo("name.invalid", 80, **asked)
    except socket.gaierror as error:
        log(error.errno == socket.EAI_NONAME)
    numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    log(await loop.getnameinfo(("127.0.0.1", 80), numeric))
