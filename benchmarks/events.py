"""One epoll wake-up, delivery and read, beside events of the general simulator SimPy on the same machine.

The simulated step is the whole path of a packet: the NIC's interrupt, the softirq, the socket buffer,
``ep_poll_callback``, the ready list, the wake-up, ``epoll_wait`` and the read. SimPy's event is its cheapest
one: a process that waits for a timeout.
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from benchmarks.report import Figure
from benchmarks.timing import rivals_ns
from sim.kernel import poll_bits
from sim.kernel.files.tcp import IDLE_MASK, ListeningSocket
from sim.race.latency import Latencies
from sim.race.network import Network
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload
from sim.stdlib.kernel import Kernel

FDS = 1_000
GAP_NS = 50_000
"""Mean time between packets in ns, long enough that nearly each packet causes its own wake-up."""
PACKETS = 20_000
MAX_EVENTS = 64


def reading_server() -> tuple[Kernel, list[int]]:
    """A kernel with an epoll server, whose clients send one packet at a time.

    Returns:
        The kernel, and a list that holds the number of wake-ups.
    """
    kernel = Kernel()
    listener_fd = kernel.sys_socket()
    kernel.sys_listen(listener_fd, 1)
    listener = kernel.table.file(listener_fd)
    assert isinstance(listener, ListeningSocket)
    epfd = kernel.sys_epoll_create1()
    network = Network(kernel, listener, kernel.table.end, Latencies())
    block = kernel.table.install_idle(FDS, IDLE_MASK, network.make)
    for fd in range(block.first, block.last + 1):
        kernel.sys_epoll_ctl(epfd, 1, fd, poll_bits.IN)
    wakeups = [0]

    def serve() -> Generator[None, None, None]:
        while True:
            events = yield from kernel.sys_epoll_wait(epfd, MAX_EVENTS)
            wakeups[0] += 1
            for fd, _ in events:
                kernel.sys_read(fd, 65_536)
                yield

    kernel.run_until(kernel.free_ns)
    kernel.device = network
    network.attach(Workload(Scenario(fds=FDS, rate=1_000_000_000 // GAP_NS, burst=1), kernel.now_ns))
    kernel.start(serve(), "server")
    return kernel, wakeups


def timeouts() -> simpy.Environment:
    """A process that waits for one timeout after the other."""
    environment = simpy.Environment()

    def process() -> Generator[simpy.Event, None, None]:
        while True:
            yield environment.timeout(1)

    environment.process(process())
    return environment


def store() -> simpy.Environment:
    """One process that puts and one that gets: the cost of a message in SimPy."""
    environment = simpy.Environment()
    channel = simpy.Store(environment)

    def putting() -> Generator[simpy.Event, None, None]:
        while True:
            yield environment.timeout(1)
            yield channel.put(b"x" * 64)

    def getting() -> Generator[simpy.Event, None, None]:
        while True:
            yield channel.get()

    environment.process(putting())
    environment.process(getting())
    return environment


def figures() -> list[Figure]:
    """The ratio of the two times, and the times themselves."""
    kernel, wakeups = reading_server()
    clock, messages = timeouts(), store()

    def simulated() -> None:
        kernel.run_until(kernel.now_ns + PACKETS * GAP_NS)
        kernel.journal.drain()

    def two_events() -> None:
        clock.run(until=clock.now + 2 * PACKETS)

    def put_and_get() -> None:
        messages.run(until=messages.now + PACKETS)

    ours_ns, theirs_ns, message_ns = rivals_ns(simulated, two_events, put_and_get)
    per_wakeup = 8 * PACKETS / wakeups[0]
    ours_us, theirs_us, message_us = (
        ns / PACKETS / 1000 for ns in (ours_ns * per_wakeup, theirs_ns, message_ns)
    )
    note = f"simulated {ours_us:.2f} µs, SimPy {theirs_us:.2f} µs"
    return [
        Figure(
            "epoll wake-up, delivery and read ÷ two SimPy timeouts", ours_us / theirs_us, "×", 1, note=note
        ),
        Figure(
            "the same ÷ a SimPy message (timeout, put, get)",
            ours_us / message_us,
            "×",
            note=f"SimPy {message_us:.2f} µs",
        ),
    ]
