"""Calls that wait for one descriptor: read, write and accept on a blocking socket.

What Linux does (``tcp_recvmsg_locked``, ``sk_wait_data``): the call checks the socket's own receive queue.
If it is empty, the call hooks itself on the socket's wait queue and gives up the CPU. The packet that
arrives makes the thread runnable, and back on the CPU the call checks again. That is one system call, one
entry on one wait queue and two checks of one socket, however many connections exist. accept() and a write()
that finds its send buffer full wait in the same way. Nothing is scanned and no list is kept: each sleeping
thread waits on the wait queue of its own socket.

Counted: a check is a descriptor examined (SCANNED), and was in vain if the call then slept. A call that
returns data is a waiting call that returned something (WAKEUPS, READY). A thread that was woken and finds
nothing is a spurious wake. The scheduler books the switches.

The calls are made of raw calls (:mod:`sim.kernel.kernel`), so they are above the kernel and not part of it.
"""

from __future__ import annotations

from collections.abc import Generator

from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.kernel.kernel import RawKernel
from sim.kernel.sleeper import Sleeper, sleep_on
from sim.machine.accounts import Account, Charge, Count, Tally
from sim.machine.records import Kind
from sim.machine.task import Task

_FIRST, _AGAIN = "blocking: first sleep", "blocking: sleep again"
"""Keys of the charges in :attr:`sim.kernel.core.KernelCore.charges`."""
_SLEPT = Count.SLEPT_CALLS, Count.SLEPT_NS
_AT_ONCE = Count.AT_ONCE_CALLS, Count.AT_ONCE_NS
_FOUND = ((Count.WAKEUPS, 1), (Count.SCANNED, 1), (Count.READY, 1))


class Reader:
    """Reads one connection for a thread; no other thread reads it.

    Its wait-queue entry stays hooked between two sleeps: a wake-up that finds the thread awake does nothing.
    Linux hooks at each sleep, so the cost of hooking is paid at each sleep.

    Args:
        kernel: The kernel.
        file: The connection.
        asleep: True if the thread has been blocked in read() since before the simulation began.
    """

    __slots__ = ("_asleep", "_file", "kernel")

    def __init__(self, kernel: RawKernel, file: StreamSocket, asleep: bool) -> None:
        self.kernel = kernel
        self._file = file
        self._asleep = asleep

    def hook(self, task: Task) -> None:
        """Hook the thread's task on the connection."""
        self._file.wait_queue.add(Sleeper(self.kernel, task, exclusive=False))

    def read(self, fd: int, size: int) -> Generator[None, None, bytes]:
        """Wait for data and take up to ``size`` bytes; ``b""`` at end of file."""
        kernel, file = self.kernel, self._file
        slept, self._asleep = self._asleep, False
        looks, hook_ns = 1, 0
        while not file.received and not file.read_shut:
            hook_ns += pay_sleep(kernel, fd, woken=slept)
            looks += 1
            slept = True
            kernel.block()
            yield
        data = kernel.sys_read(fd, size)
        spent_ns = hook_ns + kernel.recent[-1].ns
        pay_found(kernel, slept, spent_ns)
        kernel.last_call = kernel.call_serial, 1, looks, 1, looks, slept, spent_ns, kernel.free_ns
        return data


def accept(kernel: RawKernel, fd: int, listener: ListeningSocket) -> Generator[None, None, int]:
    """Wait for a connection and take it (``inet_csk_accept``, an exclusive waiter).

    Raises:
        OSError: EMFILE.
    """
    woken = False
    hook_ns = 0
    while not listener.queue:
        hook_ns += pay_sleep(kernel, fd, woken)
        yield from sleep_on(kernel, listener)
        woken = True
    new_fd = kernel.sys_accept4(fd)
    pay_found(kernel, woken, hook_ns + kernel.recent[-1].ns)
    return new_fd


def write(kernel: RawKernel, fd: int, data: bytes) -> Generator[None, None, None]:
    """Write all of ``data``, and wait for room as often as necessary (``sk_stream_wait_memory``).

    Each attempt is booked as a call. In Linux all attempts are one call.
    """
    try:
        taken = kernel.sys_write(fd, data)
    except BlockingIOError:
        taken = 0
    yield
    if taken < len(data):
        yield from write_rest(kernel, fd, data[taken:])


def write_rest(kernel: RawKernel, fd: int, data: bytes) -> Generator[None, None, None]:
    """Write the bytes that did not fit into the send buffer: wait for room first, then write."""
    while data:
        pay_sleep(kernel, fd, woken=False)
        yield from sleep_on(kernel, kernel.table.file(fd), in_write=True)
        try:
            data = data[kernel.sys_write(fd, data) :]
        except BlockingIOError:
            continue
        yield


def pay_sleep(kernel: RawKernel, fd: int, woken: bool) -> int:
    """Charge a call that checked its descriptor, found nothing and hooks itself.

    Args:
        kernel: The kernel.
        fd: The descriptor.
        woken: True if the task was woken for that check.

    Returns:
        The cost in ns.
    """
    charge = kernel.charges.get(_AGAIN if woken else _FIRST) or _sleep_charge(kernel, woken)
    kernel.pay(charge)
    kernel.journal.append((kernel.now_ns, Kind.SLEEP, fd, 0, 0, kernel.call_serial))
    return charge.ns


def pay_found(kernel: RawKernel, slept: bool, spent_ns: int) -> None:
    """Count a call that found its descriptor ready, and its CPU time; it costs nothing more."""
    key = (slept, spent_ns)
    charge = kernel.charges.get(key)
    if charge is None:
        calls, ns = _SLEPT if slept else _AT_ONCE
        charge = kernel.charges[key] = Charge((), (*_FOUND, (calls, 1), (ns, spent_ns)))
    kernel.pay(charge)


def _sleep_charge(kernel: RawKernel, woken: bool) -> Charge:
    counts: tuple[Tally, ...] = ((Count.SCANNED, 1), (Count.HOOKS, 1), (Count.SPURIOUS_WAKES, int(woken)))
    hook_ns = -(-kernel.costs.hook_ps // 1000)
    charge = kernel.charges[_AGAIN if woken else _FIRST] = Charge(((Account.WAIT_QUEUE, hook_ns),), counts)
    return charge
