"""The calls of completion ports, and the names that they have here.

==============================  ==========================================
``sys_create_port``             CreateIoCompletionPort, a new port
``sys_associate``               CreateIoCompletionPort, a handle and its key
``sys_skip_port_on_success``    SetFileCompletionNotificationModes
``sys_wsa_recv``                WSARecv with an OVERLAPPED
``sys_wsa_send``                WSASend with an OVERLAPPED
``sys_accept_ex``               AcceptEx
``sys_get_queued``              GetQueuedCompletionStatus(Ex)
``sys_post_queued``             PostQueuedCompletionStatus
``sys_cancel_io_ex``            CancelIoEx
==============================  ==========================================
"""

from __future__ import annotations

from collections.abc import Generator

from sim.kernel.core import KernelCore
from sim.kernel.waiting.completion_port.port import (
    ACCEPT,
    ERROR_ABANDONED_WAIT_0,
    ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER,
    ERROR_NETNAME_DELETED,
    ERROR_NOT_FOUND,
    RECEIVE,
    WAIT_TIMEOUT,
    CompletionPort,
    Operation,
    Packet,
    PortError,
    PortHandle,
    PortWaiter,
)
from sim.machine.accounts import Account, Charge, Count
from sim.machine.records import Kind


class GetCall(PortWaiter):
    """A GetQueuedCompletionStatusEx() call under way.

    Args:
        kernel: The kernel.
        port_fd: The port's descriptor.
        most: Largest number of packets to take.
        timeout_ns: Longest time to wait; None waits forever, 0 not at all.

    Raises:
        PortError: ERROR_INVALID_HANDLE, not a port.
    """

    def __init__(self, kernel: KernelCore, port_fd: int, most: int, timeout_ns: int | None) -> None:
        port = kernel.table.files.get(port_fd)
        if not isinstance(port, CompletionPort):
            raise PortError(ERROR_INVALID_HANDLE)
        super().__init__(kernel, timeout_ns)
        self.port = port
        self.most = most
        self.begun = False

    def step(self) -> None:
        port, kernel = self.port, self.kernel
        self.pay_awakening()
        if not self.begun:
            self.begun = True
            self._pay("enter", 0)
            task = kernel.running
            for other in port.ports:
                if task is not None:
                    other.threads.pop(task, None)
            if port.queue and port.running < port.concurrency and task is not None:
                port.threads[task] = None
                self._take()
        elif self.packets:  # it was released with one packet, and takes the others along
            self._take()
        if self.packets or self.abandoned or self.must_return:
            self._leave()
        else:
            self._pay("sleep", 0)
            kernel.journal.append((kernel.now_ns, Kind.SLEEP, -1, 0, 0, self.serial))
            self.sleep()
            port.calls.append(self)
            port.release()

    def _take(self) -> None:
        """Take packets, as many as fit."""
        queue = self.port.queue
        while queue and len(self.packets) < self.most:
            self.packets.append(queue.popleft())

    def _leave(self) -> None:
        kernel, found = self.kernel, len(self.packets)
        self._pay("return", found)
        kernel.journal.append((kernel.now_ns, Kind.RETURN, -1, found, 0, self.serial))
        if found:
            kernel.call_found(
                (
                    *(self.serial, self.port.started, 0, found, 0),
                    *(self.slept, self.cost_ns, kernel.free_ns),
                )
            )
        self.end()

    def end(self) -> None:
        if self in self.port.calls:
            self.port.calls.remove(self)
        super().end()

    @property
    def result(self) -> list[Packet]:
        """The packets.

        Raises:
            PortError: WAIT_TIMEOUT; ERROR_ABANDONED_WAIT_0, the port was closed.
        """
        if self.packets:
            return self.packets
        raise PortError(ERROR_ABANDONED_WAIT_0 if self.abandoned else WAIT_TIMEOUT)

    def _pay(self, step: str, found: int) -> None:
        key = ("port", step, found)
        charge = self.kernel.charges.get(key)
        if charge is None:
            charge = self.kernel.charges[key] = self._charge(step, found)
        self.cost_ns += charge.ns
        self.kernel.pay(charge)

    def _charge(self, step: str, found: int) -> Charge:
        costs, mine = self.kernel.costs, self.port.costs
        if step == "enter":
            return Charge(((Account.SYSCALL, mine.get_ns),), ((Count.SYSCALLS, 1),))
        if step == "sleep":
            hook = (Account.WAIT_QUEUE, -(-costs.hook_ps // 1000))
            switch = (Account.CONTEXT_SWITCH, costs.context_switch_ns)
            return Charge((hook, switch), ((Count.HOOKS, 1), (Count.CONTEXT_SWITCHES, 1)))
        parts = ((Account.COPY_OUT, found * mine.packet_ns),)
        return Charge(parts, ((Count.WAKEUPS, 1 if found else 0),))


class PortCalls:
    """The completion ports' part of the kernel.

    Attributes:
        ports: The ports that exist.
    """

    def __init__(self, kernel: KernelCore) -> None:
        self.kernel = kernel
        self.ports: list[CompletionPort] = []

    def create(self, concurrency: int = 0) -> int:
        """Make a port. Concurrency 0 stands for the number of CPUs, which is one."""
        kernel = self.kernel
        port = CompletionPort(kernel, self.ports, concurrency or 1)
        kernel.pay_call(Account.INTEREST_LIST, port.costs.associate_ns)
        return kernel.table.install(port)

    def _port(self, fd: int) -> CompletionPort:
        port = self.kernel.table.files.get(fd)
        if not isinstance(port, CompletionPort):
            raise PortError(ERROR_INVALID_HANDLE)
        return port

    def _handle(self, fd: int) -> PortHandle:
        """The operations of a handle that is tied to a port.

        Raises:
            PortError: ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER, it is not tied.
        """
        if not self.kernel.table.is_open(fd):
            raise PortError(ERROR_INVALID_HANDLE)
        file = self.kernel.table.file(fd)
        for port in self.ports:
            if file in port.handles:
                return port.handles[file]
        raise PortError(ERROR_INVALID_PARAMETER)

    def associate(self, port_fd: int, fd: int, key: int) -> None:
        """Tie a handle to a port.

        Raises:
            PortError: ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER, it is tied already.
        """
        kernel = self.kernel
        port = self._port(port_fd)
        if not kernel.table.is_open(fd):
            raise PortError(ERROR_INVALID_HANDLE)
        file = kernel.table.file(fd)
        if any(file in other.handles for other in self.ports):
            raise PortError(ERROR_INVALID_PARAMETER)
        kernel.pay_call(Account.INTEREST_LIST, port.costs.associate_ns)
        port.associate(file, key)
        kernel.journal.append((kernel.now_ns, Kind.CTL, fd, 1, 0, kernel.next_serial()))

    def skip_on_success(self, fd: int) -> None:
        """Queue no packet for operations that end at once (FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)."""
        handle = self._handle(fd)
        self.kernel.pay_call(Account.INTEREST_LIST, self.kernel.costs.close_ns)
        handle.skip = True

    def receive(self, fd: int, size: int, tag: int) -> Packet | None:
        """Start a receive into a buffer of ``size`` bytes, which is locked until it ends.

        Returns:
            The result, if the operation ended at once and the port is skipped; None if a packet follows.
        """
        return self._start(fd, Operation(RECEIVE, size, tag))

    def accept(self, fd: int, tag: int) -> Packet | None:
        """Start an accept, as :meth:`receive`. ``moved`` is the new descriptor."""
        return self._start(fd, Operation(ACCEPT, 0, tag))

    def _start(self, fd: int, operation: Operation) -> Packet | None:
        kernel = self.kernel
        handle = self._handle(fd)
        port = handle.port
        kernel.ledger.counted[Count.OPERATIONS] += 1
        costs = port.costs
        base_ns = costs.start_accept_ns if operation.kind == ACCEPT else costs.start_read_ns
        packet = None if handle.operations else handle.attempt(operation)
        kernel.pay_call(Account.SOCKET_IO, base_ns + kernel.copy_ns(len(packet.data) if packet else 0))
        if packet is None:
            port.started += 1
            handle.operations.append(operation)
            return None
        if handle.skip and not packet.error:
            return packet
        port.queue_packet(packet, ended=0)
        return None

    def send(self, fd: int, data: bytes, tag: int) -> Packet | None:
        """Send bytes from a locked buffer, as :meth:`receive`. The socket takes them at once here."""
        kernel = self.kernel
        handle = self._handle(fd)
        kernel.ledger.counted[Count.OPERATIONS] += 1
        kernel.ledger.counted[Count.COPIED_IN_BYTES] += len(data)
        spent_ns = handle.port.costs.start_write_ns + kernel.copy_ns(len(data))
        kernel.pay_call(Account.SOCKET_IO, spent_ns)
        try:
            packet = Packet(handle.key, handle.file.write(data), tag)
        except OSError:
            packet = Packet(handle.key, 0, tag, ERROR_NETNAME_DELETED)
        kernel.journal.append((kernel.now_ns, Kind.WRITE, fd, packet.moved, 0, kernel.next_serial()))
        if handle.skip and not packet.error:
            return packet
        handle.port.queue_packet(packet, ended=0)
        return None

    def post(self, port_fd: int, moved: int, key: int, tag: int) -> None:
        """Queue a packet by hand."""
        port = self._port(port_fd)
        self.kernel.pay_call(Account.SYSCALL, port.costs.get_ns)
        port.queue_packet(Packet(key, moved, tag), ended=0)

    def cancel(self, fd: int, tag: int | None = None) -> None:
        """End the operations of a handle, or the one with a tag. Each queues ERROR_OPERATION_ABORTED.

        Raises:
            PortError: ERROR_NOT_FOUND, there is no such operation.
        """
        handle = self._handle(fd)
        self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
        if not handle.abort(tag):
            raise PortError(ERROR_NOT_FOUND)

    def get_call(self, port_fd: int, most: int, timeout_ns: int | None = None) -> GetCall:
        """A GetQueuedCompletionStatusEx() call that is about to begin."""
        return GetCall(self.kernel, port_fd, most, timeout_ns)

    def get_queued(
        self, port_fd: int, most: int = 1, timeout_ns: int | None = None
    ) -> Generator[None, None, list[Packet]]:
        """Wait for packets.

        Args:
            port_fd: The port's descriptor.
            most: Largest number of packets to take.
            timeout_ns: Longest time to wait; None waits forever, 0 not at all.

        Raises:
            PortError: WAIT_TIMEOUT; ERROR_ABANDONED_WAIT_0, the port was closed; ERROR_INVALID_HANDLE.
        """
        call = GetCall(self.kernel, port_fd, most, timeout_ns)
        yield from call.run()
        return call.result
