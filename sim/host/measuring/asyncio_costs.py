"""The cost of asyncio's event loop on top of a server's system calls: of a turn, and of a callback.

The measured program is the race's own server: ``await reader.read()`` and ``writer.write()`` on asyncio's
streams. Several requests have arrived on its loopback connections. Serving them takes two turns of the loop,
and two callbacks for each request. A plain loop makes the same system calls in the same order: epoll_wait,
the receives, epoll_wait again, the sends. asyncio takes longer by a certain time. That difference, with one
request and with :data:`MANY`, gives two equations for two unknowns: the price of a turn and the price of a
callback.

Why compare with a Python program and not with a C program? Python's time to make a call belongs to neither
price. It is part of both programs, so it cancels out.

The figures depend on the version of Python that measures, and not on the kernel: Python 3.13 takes a fifth
longer than 3.11.
"""

from __future__ import annotations

import asyncio
import select
import socket
from asyncio import events
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sim.host.measuring.measurement import CannotMeasure, Measurement, summary
from sim.host.measuring.timed_calls import cpu_ns
from sim.servers.asyncio_streams import RECEIVE_BYTES
from sim.servers.base import READ_BYTES

MANY = 16
"""Requests that are ready in one turn."""
ROUNDS = 300
_MESSAGE = bytes(64)

Ends = tuple[list[socket.socket], list[socket.socket]]
Round = Callable[[], object]


def loop_turn() -> Measurement:
    """One turn: the extra time of one request without its two callbacks, halved."""
    one_ns, many_ns = differences()
    callbacks_ns = 2 * _callback_ns(one_ns, many_ns)
    return summary([max(0.0, ns - callbacks_ns) / 2 for ns in one_ns])


def loop_callback() -> Measurement:
    """One callback: the extra time of each further request in the same two turns, halved."""
    one_ns, many_ns = differences()
    base_ns = summary(one_ns).ns
    return summary([max(0.0, ns - base_ns) / (2 * (MANY - 1)) for ns in many_ns])


def _callback_ns(one_ns: Sequence[float], many_ns: Sequence[float]) -> float:
    return max(0.0, summary(many_ns).ns - summary(one_ns).ns) / (2 * (MANY - 1))


def differences() -> tuple[list[float], list[float]]:
    """Samples in ns of asyncio's extra time over the plain loop, with one request and with :data:`MANY`."""
    with connections() as ends, streams_server(ends[1]) as turns:
        asyncio_ns = [_samples(ends, count, turns) for count in (1, MANY)]
    with connections() as ends, plain_server(ends[1]) as turns:
        plain_ns = [_samples(ends, count, turns) for count in (1, MANY)]
    one_ns, many_ns = (
        [ns - summary(plain).ns for ns in sampled]
        for sampled, plain in zip(asyncio_ns, plain_ns, strict=True)
    )
    return one_ns, many_ns


def _samples(ends: Ends, count: int, turns: Round) -> list[float]:
    """Time in ns of two turns that serve ``count`` requests, repeatedly."""
    samples = []
    for _ in range(ROUNDS):
        for client in ends[0][:count]:
            client.sendall(_MESSAGE)
        begin_ns = cpu_ns()
        turns()
        samples.append(float(cpu_ns() - begin_ns))
        for client in ends[0][:count]:
            if len(client.recv(READ_BYTES)) != len(_MESSAGE):
                raise CannotMeasure("a request was not answered in two turns of the event loop")
    return samples


@contextmanager
def connections() -> Iterator[Ends]:
    """Connect clients to a server.

    Yields:
        The clients' ends, and the server's non-blocking ends.
    """
    with ExitStack() as closing:
        listener = closing.enter_context(socket.create_server(("127.0.0.1", 0), backlog=MANY))
        clients, accepted = [], []
        for _ in range(MANY):
            clients.append(closing.enter_context(socket.create_connection(listener.getsockname())))
            accepted.append(closing.enter_context(listener.accept()[0]))
        for end in (*clients, *accepted):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for client in clients:
            client.settimeout(5.0)
        for end in accepted:
            end.setblocking(False)
        yield clients, accepted


async def _handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(READ_BYTES):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


@contextmanager
def streams_server(accepted: Sequence[socket.socket]) -> Iterator[Round]:
    """Serve connections with asyncio's streams; yields a function that runs two turns of the loop."""
    loop: Any = asyncio.SelectorEventLoop()

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(loop=loop), _handle, loop=loop)

    async def serve() -> list[asyncio.Transport]:
        made = [await loop.connect_accepted_socket(protocol, end.dup()) for end in accepted]
        await asyncio.sleep(0)
        return [transport for transport, _ in made]

    async def rest() -> None:
        for _ in range(8):
            await asyncio.sleep(0)

    def turns() -> None:
        loop._run_once()
        loop._run_once()

    transports = loop.run_until_complete(serve())
    events._set_running_loop(loop)
    try:
        yield turns
    finally:
        events._set_running_loop(None)
        for transport in transports:
            transport.abort()
        loop.run_until_complete(rest())
        loop.close()


@contextmanager
def plain_server(accepted: Sequence[socket.socket]) -> Iterator[Round]:
    """Serve connections with the same system calls and no event loop; yields a function like that of
    :func:`streams_server`.
    """
    by_fd = {end.fileno(): end for end in accepted}
    with select.epoll() as epoll:
        for fd in by_fd:
            epoll.register(fd, select.EPOLLIN)
        most = len(by_fd)

        def turns() -> None:
            received = []
            for fd, _ in epoll.poll(None, most):
                received.append((by_fd[fd], by_fd[fd].recv(RECEIVE_BYTES)))
            epoll.poll(0, most)
            for end, data in received:
                end.send(data)

        yield turns
