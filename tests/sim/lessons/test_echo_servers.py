"""The echo server in three styles: the same bytes on the host's kernel and on a simulated one."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest

import sim
from sim.lessons import echo_await, echo_callbacks, echo_generators
from sim.lessons.coroutine import CoroutineTask, gather, readable, run, writable
from sim.lessons.event_loop import EventLoop


def host():
    return SimpleNamespace(select=select, socket=socket, time=time)


def serve_callbacks(loop, listener):
    echo_callbacks.EchoServer(loop, listener)


def serve_generators(loop, listener):
    CoroutineTask(loop, echo_generators.serve(loop, listener))


def serve_await(loop, listener):
    CoroutineTask(loop, echo_await.serve(loop, listener))


@pytest.fixture(params=[host, sim.Kernel], ids=["host", "simulated"])
def world(request):
    return request.param()


@pytest.fixture(params=[serve_callbacks, serve_generators, serve_await])
def echo(request, world):
    """A loop with a server, and a function that makes clients."""
    loop = EventLoop(world.select, world.time)
    listener = world.socket.create_server(("127.0.0.1", 0))
    request.param(loop, listener)
    clients = []

    def connect():
        client = world.socket.socket()
        client.connect(listener.getsockname())
        client.setblocking(False)
        clients.append(client)
        return client

    yield SimpleNamespace(loop=loop, connect=connect, world=world)
    for client in clients:
        client.close()
    for _ in range(8):
        loop.call_soon(lambda: None)
        loop.run_once()
    listener.close()
    loop.close()


async def exchange(loop, client, data):
    """Send all bytes, and read the same number back."""
    unsent, received = data, bytearray()
    while len(received) < len(data):
        if unsent:
            await writable(loop, client.fileno())
            with suppress(BlockingIOError):
                unsent = unsent[client.send(unsent) :]
        await readable(loop, client.fileno())
        received += client.recv(65_536)
    return bytes(received)


def test_one_client_gets_its_bytes_back(echo):
    client = echo.connect()
    assert run(echo.loop, exchange(echo.loop, client, b"hello")) == b"hello"
    assert run(echo.loop, exchange(echo.loop, client, b"again")) == b"again"


def test_many_clients_at_once(echo):
    async def all_of_them():
        tasks = [
            CoroutineTask(echo.loop, exchange(echo.loop, echo.connect(), b"client %d" % number))
            for number in range(50)
        ]
        return await gather(echo.loop, *tasks)

    assert run(echo.loop, all_of_them()) == [b"client %d" % number for number in range(50)]


def test_a_client_that_does_not_read_gets_everything_later(echo):
    client = echo.connect()
    data = bytes(range(256)) * 40_000  # more than all the buffers on the way
    sent = 0

    async def stuff():
        """Send until the buffers are full, without reading."""
        nonlocal sent
        quiet = 0
        while quiet < 20 and sent < len(data):
            try:
                sent += client.send(data[sent : sent + 65_536])
                quiet = 0
            except BlockingIOError:
                quiet += 1
            echo.loop.call_soon(lambda: None)
            await CoroutineTask(echo.loop, _nothing())

    async def drain():
        received = bytearray()
        while len(received) < sent:
            await readable(echo.loop, client.fileno())
            received += client.recv(1 << 20)
        return bytes(received)

    run(echo.loop, stuff())
    assert sent > 0
    assert run(echo.loop, drain()) == data[:sent]


async def _nothing():
    """Wait for one turn of the loop."""


def test_the_server_outlives_clients_that_go_away(echo):
    gone = echo.connect()
    gone.send(b"x")
    gone.setsockopt(echo.world.socket.SOL_SOCKET, echo.world.socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    gone.close()  # a reset
    polite = echo.connect()
    polite.shutdown(echo.world.socket.SHUT_WR)

    async def end():
        await readable(echo.loop, polite.fileno())
        return polite.recv(10)

    assert run(echo.loop, end()) == b""
    assert run(echo.loop, exchange(echo.loop, echo.connect(), b"still here")) == b"still here"


def test_half_closed_clients_still_get_their_answer(echo):
    client = echo.connect()
    client.send(b"last words")
    client.shutdown(echo.world.socket.SHUT_WR)

    async def until_end():
        received = b""
        while True:
            await readable(echo.loop, client.fileno())
            data = client.recv(100)
            if not data:
                return received
            received += data

    assert run(echo.loop, until_end()) == b"last words"
