"""Completion ports: operations started with their buffer, and a queue of results.

Windows ("I/O Completion Ports", "WSARecv function", Microsoft): there is no question whether a socket is
ready. The program *starts* an operation and brings its buffer, which stays locked in memory until the
operation ends (an OVERLAPPED and an I/O request packet, IRP). When data arrives it is copied into the
buffer there and then, and the result goes as a *packet* to the queue of the completion port to which the
handle was tied: bytes, the handle's key, which operation, error. An operation that could be done at once
is done at once, and queues its packet all the same, unless the handle was told to skip it
(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS). Nothing is registered, scanned or asked; but an operation that was
not started brings nothing, so every idle connection holds a started receive.

Packets leave in the order in which they were queued. Threads that wait at the port are released last in,
first out, because the last one's caches are warm, and only while fewer than the port's *concurrency* of its
threads run: a thread of the port that sleeps elsewhere makes room for another one, and one that comes back
takes the next packet without a switch.

Simplified: AcceptEx gives its connection a number when it ends, not when it starts; a handle is a
descriptor; errors are Windows' numbers in :class:`PortError`. Left out: files, APCs, RIO, tying a
handle to another port.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.files.socket import Socket
from sim.kernel.open_file import OpenFile
from sim.kernel.waiting.waiting_call import WaitingCall
from sim.machine.accounts import Count
from sim.machine.completion_costs import port_costs
from sim.machine.records import Effect, Kind

if TYPE_CHECKING:
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
    """A call failed with one of Windows' error numbers."""

    def __init__(self, code: int) -> None:
        super().__init__(f"[WinError {code}] {_NAMES[code]}")
        self.code = code


class Packet(NamedTuple):
    """One result on a port's queue."""

    key: int
    """What the handle was tied to the port with."""
    moved: int
    """Bytes moved; the new descriptor for an accept."""
    tag: int
    """Which operation: stands for the OVERLAPPED's address."""
    error: int = 0
    data: bytes = b""
    """What a receive brought, in the program's memory now."""


class Operation:
    """One overlapped operation, started and not ended (an IRP)."""

    __slots__ = ("kind", "size", "tag")

    def __init__(self, kind: int, size: int, tag: int) -> None:
        self.kind = kind
        self.size = size
        """Bytes in the locked buffer; 0 asks for no data, only to be told of it."""
        self.tag = tag


class Pending:
    """The operations started on one handle, in order: hears of the file, and ends them."""

    __slots__ = ("file", "key", "operations", "port", "skip")

    exclusive = False

    def __init__(self, port: CompletionPort, file: OpenFile, key: int) -> None:
        self.port = port
        self.file = file
        self.key = key
        self.skip = False
        """FILE_SKIP_COMPLETION_PORT_ON_SUCCESS."""
        self.operations: deque[Operation] = deque()

    def wake(self, key: int) -> bool:
        """Something arrived: end what can end now, in the interrupt (a deferred procedure call)."""
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
        """Do an operation if it can be done now."""
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
        """End operations without a result; whether there was one."""
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
    """Receives started on a block of untouched connections: one each, tagged and keyed with its number."""

    first: int
    last: int
    size: int


class CompletionPort(OpenFile):
    """What a port's handle points to (``KQUEUE``, as ``KeInitializeQueue`` makes it).

    Args:
        concurrency: how many of its threads may run at a time.
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
        """Threads that wait here; the last to come is the first to be released."""
        self.threads: dict[Task, None] = {}
        """Threads that took a packet here and have not come to another port since."""
        self.handles: dict[OpenFile, Pending] = {}
        self.idle_blocks: list[IdleReceives] = []
        self.started = 0
        """Operations under way, those on untouched connections included."""

    # -- handles --------------------------------------------------------------------------

    def associate(self, file: OpenFile, key: int) -> Pending:
        """Tie a handle to the port, for its life."""
        pending = self.handles[file] = Pending(self, file, key)
        file.wait_queue.add(pending)
        return pending

    def receive_on_block(self, first: int, last: int, size: int) -> None:
        """Have a receive started on every descriptor of a block of untouched connections."""
        self.idle_blocks.append(IdleReceives(first, last, size))
        self.started += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """One descriptor of a block is touched for the first time: tie it, and start its receive."""
        for first, last, size in self.idle_blocks:
            if first <= fd <= last:
                pending = self.associate(file, fd)
                pending.skip = True
                pending.operations.append(Operation(RECEIVE, size, fd))
                return

    def number_closed(self, file: OpenFile, fd: int) -> int:
        """If it was the last descriptor of a handle, abort the operations started on the handle."""
        pending = None if file.numbers else self.handles.pop(file, None)
        if pending is not None:
            file.wait_queue.remove(pending)
            pending.abort(None)
        return 0

    # -- packets --------------------------------------------------------------------------

    def queue_packet(self, packet: Packet, ended: int = 1) -> None:
        """Append a result, and release a thread for it if one may run (``KeInsertQueue``)."""
        self.started -= ended
        self.queue.append(packet)
        self.kernel.ledger.counted[Count.COMPLETIONS] += 1
        self.release()

    def release(self) -> None:
        """Let waiting threads have packets, as far as there are both, and room to run."""
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
        """Threads of the port that run or could run now."""
        return sum(not (task.blocked or task.done) for task in self.threads)

    def thread_blocked(self, task: Task) -> None:
        """A thread went to sleep: if it is one of the port's, another one may run."""
        if task in self.threads and self.queue:
            self.release()

    def released(self) -> None:
        """Closed: whoever waits is told so."""
        calls, self.calls = self.calls, []
        for call in calls:
            call.abandoned = True
            call.wake()
        for pending in self.handles.values():
            pending.file.wait_queue.remove(pending)
        self.ports.remove(self)
        self.kernel.close_watchers.remove(self)
        self.kernel.block_watchers.remove(self)
