"""The completion-port server: every connection has a receive in progress, and results come to one queue.

Each receive is started with its buffer before anything arrives. When a message comes, the kernel copies it
into the buffer and queues a packet. The server takes many packets at a time. It answers with a send, which
ends at once and queues no packet because the server has asked for that, and starts the next receive. Nothing
is registered or scanned. The costs are a call to start each receive, and a locked buffer for every idle
connection.

An idle connection holds a receive of one page, because its buffer stays locked. A receive that came back full
is followed by one of 64 KiB (the setting ``buffer``), and one that did not by one of a page again: Netty's
adaptive buffers do the same. So a large request takes two receives, and not sixteen.

One thread serves, as in the other lanes. Accepts are started in advance too: :data:`ACCEPTS` of them.
"""

from __future__ import annotations

from sim.frames.mechanism import IocpView, iocp_view
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.completion_port.calls import GetCall
from sim.kernel.waiting.completion_port.port import CompletionPort, Packet
from sim.machine.accounts import Account
from sim.machine.task import Program
from sim.servers.base import Server, ServerSettings

MAX_PACKETS = 1_024
"""Largest number of packets in one call."""
PAGE_BYTES = 4_096
"""Size of the buffer of an idle connection's receive. Memory is locked by the page."""
ACCEPTS = 64
"""Number of accepts in progress."""


class IocpServer(Server, lane="iocp"):
    """Waits in GetQueuedCompletionStatusEx."""

    restartable = True
    storable = False

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.call: GetCall | None = None
        """The GetQueuedCompletionStatusEx in progress; None if there is none."""
        self.packets: list[Packet] = []
        """Packets that are taken and not served yet; the next one is the last."""
        self.connections = 0
        self.idle_bytes = min(PAGE_BYTES, self.buffer_bytes)
        """Size of the buffer of an idle connection's receive."""
        self.large: set[int] = set()
        """Connections whose receive under way has the whole buffer."""

    def open_spare(self) -> int:
        """Open the port, which has the second descriptor."""
        return self.kernel.sys_create_port(1)

    @property
    def port(self) -> CompletionPort:
        """The port behind the descriptor."""
        file = self.kernel.table.file(self.spare_fd)
        assert isinstance(file, CompletionPort)
        return file

    @property
    def registered(self) -> int:
        return self.connections

    def adopt(self, block: IdleBlock) -> None:
        count = block.last - block.first + 1
        costs = self.port.costs
        tied_ns = costs.associate_ns + self.kernel.costs.close_ns
        started_ns = costs.start_read_ns
        self.kernel.charge(
            ((Account.INTEREST_LIST, count * tied_ns), (Account.SOCKET_IO, count * started_ns))
        )
        self.port.receive_on_block(block.first, block.last, self.idle_bytes)
        self.connections += count

    def watch(self, fd: int) -> None:
        """Associate a new connection with the port, and start its receive."""
        self.connections += 1
        self.kernel.sys_associate(self.spare_fd, fd, fd)
        self.kernel.sys_skip_port_on_success(fd)
        self.start_receive(fd, self.idle_bytes)

    def start_receive(self, fd: int, size: int) -> None:
        """Start the next receive. If it ends at once, it is served after the packets taken before.

        Args:
            fd: the connection.
            size: size of its buffer.
        """
        if size > self.idle_bytes:
            self.large.add(fd)
        packet = self.kernel.sys_wsa_recv(fd, size, fd)
        if packet is not None:
            self.packets.insert(0, packet)

    def start_accept(self) -> None:
        """Start the next accept."""
        packet = self.kernel.sys_accept_ex(self.listener_fd, self.listener_fd)
        if packet is not None:
            self.packets.insert(0, packet)

    def stop_watching(self, fd: int) -> None:
        self.connections -= 1
        self.parts.pop(fd, None)

    def run(self) -> Program:
        kernel = self.kernel
        if not self.started:
            self.started = True
            if self.settings.accepting:
                self.connections += 1
                kernel.sys_associate(self.spare_fd, self.listener_fd, self.listener_fd)
                for _ in range(ACCEPTS):
                    self.start_accept()
        while True:
            while self.packets:
                self.handle(self.packets.pop())
                yield
            self.serving_fd = None
            if self.call is None:
                self.call = kernel.get_call(self.spare_fd, MAX_PACKETS)
            yield from self.call.run()
            self.packets = self.call.packets[::-1]
            self.call = None

    def handle(self, packet: Packet) -> None:
        """Serve one packet."""
        kernel, fd = self.kernel, packet.key
        self.serving_fd = fd
        if fd == self.listener_fd:
            if not packet.error:
                self.watch(packet.moved)
            self.start_accept()
        elif packet.moved and not packet.error:
            full = packet.moved == (self.buffer_bytes if fd in self.large else self.idle_bytes)
            self.large.discard(fd)
            kernel.work(self.work_ns(fd, packet.data))
            kernel.sys_wsa_send(fd, packet.data, -1)
            self.start_receive(fd, self.buffer_bytes if full else self.idle_bytes)
        else:
            self.large.discard(fd)
            self.stop_watching(fd)
            kernel.sys_close(fd)

    def view(self) -> IocpView:
        larger_bytes = len(self.large) * (self.buffer_bytes - self.idle_bytes)
        return iocp_view(self.port, self.port.started * self.idle_bytes + larger_bytes)
