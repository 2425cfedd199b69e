"""A kernel under test: connected sockets, bytes that arrive at a set time, and the cost of a call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sim.kernel import poll_bits
from sim.kernel.files.inet import TcpSocket
from sim.kernel.files.tcp import IDLE_MASK, ListeningSocket, StreamSocket
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.scan_request import POLLFD, Words, set_bit, words_for
from sim.machine.accounts import Account, Count
from sim.machine.clock import NEVER
from sim.machine.costs import CostTable
from sim.race.latency import Latencies
from sim.race.network import Network
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Window, Workload

ROUND_COSTS = CostTable(
    name="round",
    source="chosen so that every step has a price of its own",
    select_ns=3_000,
    poll_ns=2_000,
    epoll_wait_ns=1_000,
    epoll_ctl_ns=1_500,
    accept_ns=2_500,
    close_ns=1_200,
    read_ns=700,
    write_ns=2_200,
    scan_ps=10_000,
    poll_scan_ps=10_000,
    scan_miss_ps=0,
    cache_fds=1_000,
    woken_miss_ps=0,
    word_ps=0,
    epoll_item_ps=170_000,
    epoll_stale_ps=170_000,
    item_miss_ps=0,
    stale_miss_ps=0,
    cache_items=1_000,
    hook_ps=30_000,
    copy_ps=1_000,
    context_switch_ns=1_100,
    interrupt_ns=800,
    softirq_ns=900,
    callback_ns=80,
    application_ns=500,
    walk_ps=1_000,
)


def pairs(kernel: RawKernel, count: int) -> tuple[list[int], list[int]]:
    """Make ``count`` TCP connections. Returns the descriptors of our ends and of the far ends."""
    ours, theirs = [], []
    loopback = kernel.socket_calls.loopback
    for _ in range(count):
        here, there = TcpSocket(kernel, loopback), TcpSocket(kernel, loopback)
        here.connected(there)
        there.connected(here)
        ours.append(kernel.table.install(here))
        theirs.append(kernel.table.install(there))
    return ours, theirs


def socket_at(kernel: RawKernel, fd: int) -> StreamSocket:
    """The stream socket behind a descriptor."""
    file = kernel.table.file(fd)
    assert isinstance(file, StreamSocket)
    return file


def arrive(kernel: RawKernel, fd: int, at_ns: int, data: bytes = b"x") -> None:
    """Put bytes into the descriptor's receive buffer at ``at_ns``; the arrival itself costs nothing."""
    socket = socket_at(kernel, fd)

    def delivery() -> None:
        assert socket.deliver(data)

    kernel.timers.set(at_ns, delivery)


def totals(kernel: RawKernel) -> dict[str, int]:
    """All counts and accounts up to now, by name in lower case."""
    spent_ns, counted = kernel.totals()
    return {count.name.lower(): counted[count] for count in Count} | {
        account.label: spent_ns[account] for account in Account
    }


class Work:
    """The work of a program: its result, and every count and account as an attribute."""

    def __init__(self, result: Any, change: dict[str, int]) -> None:
        self.result = result
        self._change = change

    def __getattr__(self, name: str) -> int:
        return self._change[name]


def settle(kernel: RawKernel) -> None:
    """Let virtual time pass until all calls so far have taken their time."""
    kernel.run_until(max(kernel.now_ns, kernel.free_ns))


def measure(kernel: RawKernel, program: Generator[None, None, Any]) -> Work:
    """Run a program to its end. Returns its result, counts and costs."""
    settle(kernel)
    before = totals(kernel)
    result = kernel.complete(program)
    after = totals(kernel)
    return Work(result, {name: after[name] - before[name] for name in after})


def bitmap(fds: Iterable[int], nfds: int) -> Words:
    """A bitmap with the bits of ``fds``, for descriptors below ``nfds``."""
    words = words_for(nfds)
    for fd in fds:
        set_bit(words, fd)
    return words


def pollfds(entries: Iterable[tuple[int, int]]) -> npt.NDArray[np.void]:
    """poll()'s array from pairs (descriptor, events)."""
    return np.array([(fd, events, 0) for fd, events in entries], dtype=POLLFD)


def reading(fds: Iterable[int]) -> npt.NDArray[np.void]:
    """poll()'s array that asks for readability of each descriptor."""
    return pollfds((fd, poll_bits.IN) for fd in fds)


def raises(code: int, call: Callable[..., object], *arguments: object) -> None:
    """Expect an ``OSError`` with an errno."""
    with pytest.raises(OSError, match=rf"^\[Errno {code}\]"):
        call(*arguments)


class Script(Workload):
    """A workload given packet by packet.

    Args:
        packets: ``(time_ns, slot)``, ascending in time; ``~slot`` if a client is replaced.
        payload: bytes of each request.
    """

    def __init__(self, packets: Sequence[tuple[int, int]], payload: bytes = b"x" * 64) -> None:
        super().__init__(Scenario(rate=0))
        self.payload = payload
        self.window_ns = NEVER // 4
        self.packets = packets

    @property
    def silent(self) -> bool:
        return not self.packets

    def window(self, number: int) -> Window:
        """All packets are in the first window; the next window has a packet that never arrives."""
        if number:
            return Window([NEVER - 1, NEVER], [0], len(self.packets))
        return Window(
            [*(time_ns for time_ns, _ in self.packets), NEVER], [slot for _, slot in self.packets], 0
        )


def connections(kernel: RawKernel, count: int, script: Script) -> tuple[Network, list[int]]:
    """Connections of a kernel to the clients of a script, behind a NIC that interrupts."""
    listener_fd = kernel.sys_socket()
    kernel.sys_listen(listener_fd, 64)
    listener = kernel.table.file(listener_fd)
    assert isinstance(listener, ListeningSocket)
    network = Network(kernel, listener, kernel.table.end, Latencies())
    block = kernel.table.install_idle(count, IDLE_MASK, network.make)
    kernel.begin_accounts(kernel.now_ns, [0] * len(Account), [0] * len(Count))
    kernel.device = network
    network.attach(script)
    return network, list(range(block.first, block.last + 1))
