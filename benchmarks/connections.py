"""Ten thousand asyncio connections that each echo once, client and server on one simulated kernel.

The program uses unmodified asyncio streams: :func:`asyncio.start_server`, and as many concurrent calls of
:func:`asyncio.open_connection`. The figure is CPU time of this process, so other load on the machine does not
count. Beside it stands the same program on the host's kernel, with as many clients as its descriptor limit
allows.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable
from typing import Any

import sim
from benchmarks.report import Figure

CLIENTS = 10_000
LIMIT_S = 10
OTHER_DESCRIPTORS = 100


async def echo_once(clients: int) -> None:
    """Connect all clients; each sends a few bytes, receives them, and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        await writer.drain()
        writer.close()

    async def client(number: int, address: Any) -> None:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"client %d" % number)
        if await reader.read() != b"client %d" % number:
            raise AssertionError(f"client {number} got something else")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
    address = server.sockets[0].getsockname()
    await asyncio.gather(*(client(number, address) for number in range(clients)))
    server.close()
    await server.wait_closed()


def cpu_s(run: Callable[[Any], object], clients: int) -> float:
    """CPU seconds of the program, user and system."""
    begin_s = time.process_time()
    run(echo_once(clients))
    return time.process_time() - begin_s


def figures() -> list[Figure]:
    """Time on the simulated kernel, and on the host's for comparison."""
    kernel = sim.Kernel()
    simulated_s = cpu_s(kernel.asyncio.run, CLIENTS)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    on_host = min(CLIENTS, (soft - OTHER_DESCRIPTORS) // 2)
    host_s = cpu_s(asyncio.run, on_host)
    return [
        Figure(
            f"asyncio, simulated kernel: {CLIENTS:,} connections echo once",
            simulated_s,
            "s",
            LIMIT_S,
            note=f"CPU time; {kernel.now_ns / 1e6:.0f} ms of virtual time",
        ),
        Figure(
            f"asyncio, this machine's kernel: {on_host:,} connections echo once",
            host_s,
            "s",
            note="CPU time, user and system; as many as the descriptor limit allows",
        ),
    ]
