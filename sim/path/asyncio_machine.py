"""A simulated machine on which an asyncio stream server waits for n descriptors.

It is a kernel of its own with an asyncio loop (:func:`sim.stdlib.kernel.asyncio_loop`) and a stream
server (:mod:`sim.lessons.echo_streams`). Some descriptors are connections that the server has accepted; each
has a task that waits in ``reader.read``. The same epoll watches all others, up to n, as silent connections
without a task.

Why not accept all n connections? Tens of thousands of asyncio connections would take seconds, and nothing
happens to silent ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sim.kernel import poll_bits
from sim.kernel.files.socket import Address
from sim.kernel.files.tcp import IDLE_MASK, ListeningSocket, StreamSocket
from sim.lessons import echo_streams
from sim.machine.clock import NEVER
from sim.machine.costs import CostTable
from sim.race.latency import Latencies
from sim.race.network import Network
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Window, Workload
from sim.stdlib.kernel import Kernel, asyncio_loop

QUIET_NS = 1_000_000
"""Virtual time in ns that the loop sleeps before the packets arrive."""
_HERE: Address = ("127.0.0.1", 80)


class AsyncioConnection(StreamSocket):
    """The server's end of a connection to an outside client, with the methods that asyncio calls."""

    __slots__ = ()

    def name(self) -> Address:
        return _HERE

    def peer_name(self) -> Address:
        return "127.0.0.1", 50_000 + self.slot

    def set_option(self, level: int, option: int, value: bytes) -> None:
        """Accept any option without effect. asyncio sets TCP_NODELAY, and this socket never delays data."""


class BurstWorkload(Workload):
    """One request from each of some clients, all at one moment."""

    def __init__(self, at_ns: int, slots: Sequence[int], payload: bytes) -> None:
        super().__init__(Scenario(rate=0))
        self.payload = payload
        self.window_ns = NEVER // 4
        self._window = Window([at_ns] * len(slots) + [NEVER], list(slots), 0)

    @property
    def silent(self) -> bool:
        return False

    def window(self, number: int) -> Window:
        """The first window holds all requests. The next one holds a moment that never comes."""
        if not number:
            return self._window
        return Window([NEVER - 1, NEVER], [0], len(self._window.slots))


class AsyncioMachine:
    """A kernel on which an asyncio server waits for n descriptors.

    Args:
        costs: The price of each step.
        fds: n.
        numbers: Descriptors of asyncio's connections, in the order in which their packets arrive.
    """

    def __init__(self, costs: CostTable, fds: int, numbers: Sequence[int]) -> None:
        self.kernel = kernel = Kernel(costs)
        self.loop: Any = asyncio_loop(kernel)
        server: Any = self.loop.run_until_complete(asyncio.start_server(echo_streams.echo, "127.0.0.1", 80))
        self.server = server
        listener = kernel.table.file(server.sockets[0].fileno())
        assert isinstance(listener, ListeningSocket)
        self.network = Network(kernel, listener, 0, Latencies())
        self.connections: dict[int, AsyncioConnection] = {}
        """Connections by the descriptor that was asked for."""
        self._silent = fds - len(numbers)
        for slot, number in enumerate(sorted(numbers)):
            self._watch_silent(number - kernel.table.end)
            self.connections[number] = self._connect(slot)
        self._watch_silent(self._silent)

    def _watch_silent(self, count: int) -> None:
        """Let epoll watch up to ``count`` further silent connections."""
        count = min(count, self._silent)
        if count > 0:
            self._silent -= count
            block = self.kernel.table.install_idle(count, IDLE_MASK, self.network.make)
            self.kernel.epoll_calls.epolls[0].watch_block(block.first, block.last, poll_bits.IN)

    def _connect(self, slot: int) -> AsyncioConnection:
        """Connect a client; the server accepts it and reads."""
        socket = AsyncioConnection(self.kernel)
        socket.client, socket.slot = self.network, slot
        self.network.objects[slot] = socket
        assert self.network.listener.established(socket)
        while not socket.watches:
            self.loop.run_until_complete(asyncio.sleep(0))
        return socket

    def settle(self) -> None:
        """Run the loop until every task waits."""
        for _ in range(4):
            self.loop.run_until_complete(asyncio.sleep(0))

    def expect(self, numbers: Sequence[int], payload: bytes) -> int:
        """Schedule the packets of some connections; returns the moment of their arrival in ns."""
        kernel = self.kernel
        at_ns = max(kernel.now_ns, kernel.free_ns) + QUIET_NS
        kernel.device = self.network
        slots = [self.connections[number].slot for number in numbers]
        self.network.attach(BurstWorkload(at_ns, slots, payload))
        return at_ns

    def close(self) -> None:
        """Hang up all clients, which ends the tasks, and close the loop."""
        loop = self.loop
        loop.watcher = None
        self.server.close()
        for connection in self.connections.values():
            connection.deliver_fin()
        while asyncio.all_tasks(loop):
            loop.run_until_complete(asyncio.sleep(0))
        loop.close()
