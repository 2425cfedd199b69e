"""The time that the standard library's modules add to the raw calls, on the simulated kernel.

A call through such a module (``select.select``) is compared with the raw call on a kernel in the same state.
A raw call that may wait includes the code that completes it (:meth:`sim.machine.cpu.Cpu.complete`). The raw
select and poll get their bitmap and array ready-made, as in a server of a race. The modules pass lists to the
kernel, which walks them as lists. For a few descriptors a list is faster than the raw call, and the figure is
negative.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import sim
from benchmarks.report import Figure
from benchmarks.timing import rivals_ns
from sim.kernel import poll_bits
from sim.kernel.waiting.scan_request import POLLFD, set_bit, words_for

CALLS = 500
TURNS = 41
LIMIT_US = 2

Pair = tuple[Callable[[], object], Callable[[], object]]


def pairs() -> dict[str, Pair]:
    """Calls by name: through the module, and raw."""
    kernel, bare = sim.Kernel(), sim.Kernel()
    here, there = kernel.socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    fd, peer = bare.sys_socketpair()
    epoll, epfd = kernel.select.epoll(), bare.sys_epoll_create1()
    epoll.register(here, poll_bits.IN)
    bare.sys_epoll_ctl(epfd, 1, fd, poll_bits.IN)
    poll = kernel.select.poll()
    poll.register(here, poll_bits.IN)
    read_end, write_end = kernel.os.pipe()
    raw_read_end, raw_write_end = bare.sys_pipe2()
    there.send(b"x")
    bare.sys_write(peer, b"x")
    words = words_for(fd + 1)
    set_bit(words, fd)
    entries = np.array([(fd, poll_bits.IN, 0)], dtype=POLLFD)

    def send_and_recv() -> None:
        here.send(b"x")
        there.recv(1)

    def raw_send_and_recv() -> None:
        bare.sys_write(fd, b"x")
        bare.sys_read(peer, 1)

    def write_and_read() -> None:
        kernel.os.write(write_end, b"x")
        kernel.os.read(read_end, 1)

    def raw_write_and_read() -> None:
        bare.sys_write(raw_write_end, b"x")
        bare.sys_read(raw_read_end, 1)

    return {
        "select.select": (
            lambda: kernel.select.select([here], [], [], 0),
            lambda: bare.complete(bare.sys_select(fd + 1, words, timeout_ns=0)),
        ),
        "poll.poll": (lambda: poll.poll(0), lambda: bare.complete(bare.sys_poll(entries, 0))),
        "epoll.poll": (lambda: epoll.poll(0), lambda: bare.complete(bare.sys_epoll_wait(epfd, 1023, 0))),
        "epoll.modify": (
            lambda: epoll.modify(here, poll_bits.IN),
            lambda: bare.sys_epoll_ctl(epfd, 3, fd, poll_bits.IN),
        ),
        "socket.send and recv": (send_and_recv, raw_send_and_recv),
        "os.write and read": (write_and_read, raw_write_and_read),
    }


def repeated(call: Callable[[], object]) -> Callable[[], None]:
    """Many calls in one run."""

    def job() -> None:
        for _ in range(CALLS):
            call()

    return job


def figures() -> list[Figure]:
    """The time that each module's call adds."""
    found = []
    for name, (module, raw) in pairs().items():
        calls = 2 if " and " in name else 1
        module_ns, raw_ns = (
            ns / CALLS / calls for ns in rivals_ns(repeated(module), repeated(raw), repetitions=TURNS)
        )
        note = f"{module_ns / 1000:.2f} µs through the module, {raw_ns / 1000:.2f} raw"
        found.append(
            Figure(f"{name} less the raw call", (module_ns - raw_ns) / 1000, "µs", LIMIT_US, note=note)
        )
    return found
