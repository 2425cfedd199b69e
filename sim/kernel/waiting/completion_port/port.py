"""Completion ports: operations that are started with their buffer, and a queue of results.

Windows ("I/O Completion Ports", "WSARecv function", Microsoft): a program does not ask if a socket is ready.
It *starts* an operation and passes a buffer, which stays locked in memory until the operation ends (an
OVERLAPPED and an I/O request packet, IRP). When data arrives, it is copied into the buffer at once. The
result goes as a *packet* to the queue of the completion port to which the handle is tied: bytes, the
handle's key, the operation, an error. An operation that can be done at once is done at once. It still queues
its packet, unless the handle was set to skip that (FILE_SKIP_COMPLETION_PORT_ON_SUCCESS). Nothing is
registered, scanned or asked. But no data is delivered without a started operation, so every idle connection
has a started receive.

Packets leave in the order in which they were queued. Threads that wait at the port are released last in,
first out, because the caches of the last one are warm. They are released only while fewer than *concurrency*
threads of the port run. A thread of the port that sleeps elsewhere makes room for another one, and a thread
that comes back takes the next packet without a switch.

Simplified: AcceptEx gives its connection a number when it ends, not when it starts. A handle is a
descriptor. Errors are Windows' numbers in :class:`PortError`. Left out: files, APCs, RIO, tying a handle to
another port.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import Socket
from sim.kernel.open_file import OpenFile
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Count
from sim.machine.completion_costs import port_costs
from sim.machine.records import Effect, Kind
from sim.machine.task import Task

ERROR_INVALID_HANDLE: Final = 6
ERROR_NETNAME_DELETED: Final = 64
ERROR_INVALID_PARAMETER: Final = 87
ERROR_SEM_TIMEOUT: Final = 121
WAIT_TIMEOUT: Final = 258
ERROR_ABANDONED_WAIT_0: Final = 735
ERROR_OPERATION_ABORTED: Final = 995
ERROR_NOT_FOUND: Final = 1168
_NAMES = {
    ERROR_INVALID_HANDLE: "ERROR_INVALID_HANDLE",
    ERROR_NETNAME_DELETED: "ERROR_NETNAME_DELETED",
    ERROR_INVALID_PARAMETER: "ERROR_INVALID_PARAMETER",
    WAIT_TIMEOUT: "WAIT_TIMEOUT",
    ERROR_ABANDONED_WAIT_0: "ERROR_ABANDONED_WAIT_0",
    ERROR_OPERATION_ABORTED: "ERROR_OPERATION_ABORTED",
    ERROR_NOT_FOUND: "ERROR_NOT_FOUND",
}
RECEIVE: Final = 0
ACCEPT: Final = 1
SEND: Final = 2


class PortError(Exception):
    """A call failed with a Windows error number."""

    def __init__(self, code: int) -> None:
        super().__init__(f"[WinError {code}] {_NAMES[code]}")
        self.code = code


class Packet(NamedTuple):
    """One result on the queue of a port."""

    key: int
    """The key with which the handle was tied to the port."""
    moved: int
    """Bytes moved; the new descriptor for an accept."""
    tag: int
    """Number of the operation; it stands for the address of the OVERLAPPED."""
    error: int = 0
    data: bytes = b""
    """The received bytes, which are in the program's memory now."""


class Operation:
    """One overlapped operation that was started and has not ended (an IRP)."""

    __slots__ = ("kind", "size", "tag")

    def __init__(self, kind: int, size: int, tag: int) -> None:
        self.kind = kind
        self.size = size
        """Size of the locked buffer in bytes; 0 to end the operation when data arrives, without taking it."""
        self.tag = tag


class PortHandle:
    """A handle that is tied to a port: a wait-queue entry that ends its operations.

    Args:
        port: The port.
        file: The open file behind the handle.
        key: The key with which it is tied.
    """

    __slots__ = ("file", "key", "operations", "port", "skip")

    exclusive = False

    def __init__(self, port: CompletionPort, file: OpenFile, key: int) -> None:
        self.port = port
        self.file = file
        self.key = key
        self.skip = False
        """True if FILE_SKIP_COMPLETION_PORT_ON_SUCCESS is set."""
        self.operations: deque[Operation] = deque()
        """Operations that were started on it and have not ended, in order."""

    def wake(self, key: int) -> bool:
        """Something arrived: end operations in the interrupt (a deferred procedure call)."""
        while self.operations and self.file.mask & poll_bits.IN:
            packet = self.attempt(self.operations[0])
            if packet is None:
                return False
            self.operations.popleft()
            kernel = self.port.kernel
            kernel.wake_ns += self.port.costs.complete_ns + kernel.copy_ns(len(packet.data))
            kernel.effect |= Effect.COMPLETED
            self.port.queue_packet(packet)
        return False

    def attempt(self, operation: Operation) -> Packet | None:
        """Run an operation if it can be done now; None if it must wait."""
        kernel, file = self.port.kernel, self.file
        fd = file.numbers[0] if file.numbers else -1
        try:
            if operation.kind == ACCEPT:
                assert isinstance(file, Socket)
                new_fd = kernel.table.install(file.accept())
                kernel.journal.append((kernel.now_ns, Kind.ACCEPT, new_fd, 0, 0, kernel.next_serial()))
                return Packet(self.key, new_fd, operation.tag)
            if not operation.size:
                return Packet(self.key, 0, operation.tag) if file.mask & poll_bits.IN else None
            data = file.read(operation.size)
        except BlockingIOError:
            return None
        except OSError:
            return Packet(self.key, 0, operation.tag, ERROR_NETNAME_DELETED)
        kernel.ledger.counted[Count.COPIED_OUT_BYTES] += len(data)
        kernel.journal.append((kernel.now_ns, Kind.READ, fd, len(data), 0, kernel.next_serial()))
        return Packet(self.key, len(data), operation.tag, data=data)

    def abort(self, tag: int | None) -> bool:
        """End operations without a result; True if there was one."""
        ended = [operation for operation in self.operations if tag is None or operation.tag == tag]
        for operation in ended:
            self.operations.remove(operation)
            self.port.queue_packet(Packet(self.key, 0, operation.tag, ERROR_OPERATION_ABORTED))
        return bool(ended)


class PortWaiter(WaitingCall):
    """A call that waits at a port."""

    def __init__(self, kernel: KernelCore, timeout_ns: int | None) -> None:
        super().__init__(kernel, timeout_ns)
        self.packets: list[Packet] = []
        """Packets that the call takes."""
        self.abandoned = False
        """True if the port was closed while the call waited."""


class IdleReceives(NamedTuple):
    """Receives started on a block of untouched connections; each has its number as tag and key."""

    first: int
    last: int
    size: int


class CompletionPort(OpenFile):
    """The object behind a port's handle (``KQUEUE``, as ``KeInitializeQueue`` makes it).

    Args:
        kernel: The kernel.
        ports: All ports of the kernel. This one is one of them until it closes.
        concurrency: Largest number of its threads that may run at a time.
    """

    kernel: KernelCore

    __slots__ = (
        "calls",
        "concurrency",
        "costs",
        "handles",
        "idle_blocks",
        "ports",
        "queue",
        "started",
        "threads",
    )

    def __init__(self, kernel: KernelCore, ports: list[CompletionPort], concurrency: int) -> None:
        super().__init__(kernel)
        self.ports = ports
        ports.append(self)
        kernel.close_watchers.append(self)
        kernel.block_watchers.append(self)
        self.costs = port_costs(kernel.costs)
        self.concurrency = concurrency
        self.queue: deque[Packet] = deque()
        self.calls: list[PortWaiter] = []
        """Calls of threads that wait here. The one that came last is released first."""
        self.threads: dict[Task, None] = {}
        """Threads that took a packet here and have not called another port since."""
        self.handles: dict[OpenFile, PortHandle] = {}
        self.idle_blocks: list[IdleReceives] = []
        self.started = 0
        """Number of operations under way, including those on untouched connections."""

    # -- handles --------------------------------------------------------------------------

    def associate(self, file: OpenFile, key: int) -> PortHandle:
        """Tie a handle to the port until it closes."""
        handle = self.handles[file] = PortHandle(self, file, key)
        file.wait_queue.add(handle)
        return handle

    def receive_on_block(self, first: int, last: int, size: int) -> None:
        """Start a receive on every descriptor of a block of untouched connections."""
        self.idle_blocks.append(IdleReceives(first, last, size))
        self.started += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a block is touched for the first time: tie it, and start its receive."""
        for first, last, size in self.idle_blocks:
            if first <= fd <= last:
                handle = self.associate(file, fd)
                handle.skip = True
                handle.operations.append(Operation(RECEIVE, size, fd))
                return

    def number_closed(self, file: OpenFile, fd: int) -> int:
        """If it was the last descriptor of a handle, abort the operations started on the handle."""
        handle = None if file.numbers else self.handles.pop(file, None)
        if handle is not None:
            file.wait_queue.remove(handle)
            handle.abort(None)
        return 0

    # -- packets --------------------------------------------------------------------------

    def queue_packet(self, packet: Packet, ended: int = 1) -> None:
        """Append a result, and release a thread for it if one may run (``KeInsertQueue``).

        Args:
            packet: The result.
            ended: Operations under way that end with it.
        """
        self.started -= ended
        self.queue.append(packet)
        self.kernel.ledger.counted[Count.COMPLETIONS] += 1
        self.release()

    def release(self) -> None:
        """Give packets to waiting threads, while there are packets and threads and another thread may run."""
        while self.queue and self.calls and self.running < self.concurrency:
            call = self.calls.pop()
            call.packets.append(self.queue.popleft())
            task = call.asleep
            assert task is not None
            self.threads[task] = None
            call.wake()
            self.kernel.effect |= Effect.WOKE_WAITER

    @property
    def running(self) -> int:
        """Number of the port's threads that run or are runnable."""
        return sum(not (task.blocked or task.done) for task in self.threads)

    def thread_blocked(self, task: Task) -> None:
        """A thread went to sleep. If it is one of the port's threads, another one may run."""
        if task in self.threads and self.queue:
            self.release()

    def released(self) -> None:
        """The port is closed: waiting calls return with an error."""
        calls, self.calls = self.calls, []
        for call in calls:
            call.abandoned = True
            call.wake()
        for handle in self.handles.values():
            handle.file.wait_queue.remove(handle)
        self.ports.remove(self)
        self.kernel.close_watchers.remove(self)
        self.kernel.block_watchers.remove(self)
