"""The network: the NIC that interrupts, and the clients behind it.

A packet's path in Linux: the NIC writes the frame to memory and raises an interrupt; the handler
schedules the softirq; ``net_rx_action`` takes the packets that are there (one interrupt for a
burst), IP and TCP find the socket and queue the bytes, and ``sock_def_readable`` wakes the socket's
wait queue. What hangs there decides the rest: ``ep_poll_callback`` appends to a ready list,
``pollwake`` wakes a sleeping select, and an empty queue ends it: the bytes lie there until somebody
asks. All of that runs in place of the server, and takes its time.

The clients: each has one connection, sends its requests when the workload says, reads answers at
once and compares nothing but their length. Simplified: no loss, no reordering; ACKs ride on the
data; a handshake and a hang-up are a packet each; a connection refused for a full backlog is
tried again after a second, the first retransmission of a SYN.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sim.accounts import Account, Bill, Count
from sim.clock import NEVER
from sim.files.tcp import ListeningSocket, StreamSocket
from sim.records import DropReason, Effect, Kind
from sim.workload import Window, Workload

if TYPE_CHECKING:
    from sim.files.base import OpenFile
    from sim.kernel import Kernel
    from sim.latency import Latencies

SYN_RETRY_NS = 1_000_000_000
_CALLBACKS = Effect.READY_LIST | Effect.ALREADY_LISTED | Effect.WOKE_SCAN


class Network:
    """A lane's NIC and its clients: the device that interrupts the lane's CPU."""

    def __init__(
        self, kernel: Kernel, listener: ListeningSocket, first_fd: int, latencies: Latencies
    ) -> None:
        self.kernel = kernel
        self.listener = listener
        self.first_fd = first_fd
        """Descriptor of client 0's first connection; the others' follow."""
        self.latencies = latencies
        self.connected = True
        """False once the server is gone: nothing is taken any more."""
        self._sockets: dict[int, StreamSocket | None] = {}
        """Connections touched so far, by client; None for a client without one."""
        self._interrupts = kernel.ledger.page()
        self._payload = b""
        self._workload: Workload | None = None
        self._window = Window([NEVER], [], 0)
        self._number = 0
        self._next = 0
        self.due_ns = NEVER

    # -- the schedule ---------------------------------------------------------------------

    def attach(self, workload: Workload) -> None:
        """Take arrivals from a workload: those after now."""
        self._workload = workload
        self._payload = workload.payload
        self._number = 0
        if workload.silent:
            self._window, self._next, self.due_ns = Window([NEVER], [], 0), 0, NEVER
            return
        self._number = max(0, (self.kernel.now_ns - workload.start_ns) // workload.window_ns)
        self._load()
        while self.due_ns <= self.kernel.now_ns and self.kernel.now_ns > workload.start_ns:
            self._skip()

    def _load(self) -> None:
        """Go to the first arrival in or after window ``_number``."""
        assert self._workload is not None
        self._window = self._workload.window(self._number)
        while not self._window.slots:
            self._number += 1
            self._window = self._workload.window(self._number)
        self._next = 0
        self.due_ns = self._window.times_ns[0]
        self.kernel.journal.trim()
        self.latencies.fold()

    def _skip(self) -> None:
        self._advance(self._next + 1)

    def _advance(self, index: int) -> None:
        self._next = index
        self.due_ns = self._window.times_ns[index]
        if self.due_ns == NEVER:
            self._number += 1
            self._load()

    # -- interrupt and softirq ------------------------------------------------------------

    def interrupt(self) -> None:
        """The NIC interrupts: take every packet that is there, then let the server go on."""
        kernel = self.kernel
        now_ns = kernel.now_ns
        if kernel.running is None:
            kernel.catch_up()
        window = self._window
        times_ns, slots = window.times_ns, window.slots
        first = index = self._next
        callbacks = 0
        while times_ns[index] == now_ns:
            slot = slots[index]
            kernel.effect = 0
            if slot >= 0:
                self._request(slot, window.first_serial + index)
            else:
                self._replace(~slot, window.first_serial + index)
            if kernel.effect & _CALLBACKS:
                callbacks += 1
            index += 1
        self._pay(index - first, callbacks)
        self._advance(index)

    def _pay(self, packets: int, callbacks: int) -> None:
        kernel = self.kernel
        key = packets << 20 | callbacks
        bill = self._interrupts.get(key)
        if bill is None:
            costs = kernel.costs
            spent_ns = costs.interrupt_ns + packets * costs.softirq_ns + callbacks * costs.callback_ns
            bill = self._interrupts[key] = Bill(
                ((Account.INTERRUPT, spent_ns),), ((Count.INTERRUPTS, 1), (Count.PACKETS, packets))
            )
        kernel.pay(bill)
        if kernel.scan is not None:
            kernel.scan.interrupted(bill.ns)
            kernel.free_ns = kernel.scan.finish_ns()

    # -- the clients ----------------------------------------------------------------------

    def make(self, fd: int) -> StreamSocket:
        """The connection behind a number of an idle block, now that something happens to it."""
        kernel = self.kernel
        socket = StreamSocket(kernel)
        socket.client = self
        socket.slot = fd - self.first_fd
        self._sockets[socket.slot] = socket
        for epoll in kernel.epolls:
            if epoll.blocks:
                epoll.materialize(socket, fd)
        return socket

    def socket_of(self, slot: int) -> StreamSocket | None:
        """A client's connection; None if it has none now."""
        if not self.connected:
            return None
        if slot in self._sockets:
            return self._sockets[slot]
        file: OpenFile = self.kernel.table.file(self.first_fd + slot)
        assert isinstance(file, StreamSocket)
        return file

    def _request(self, slot: int, serial: int) -> None:
        """A client sends a request."""
        kernel = self.kernel
        socket = self._sockets.get(slot) or self.socket_of(slot)
        payload = self._payload
        size = len(payload)
        if socket is None:
            self._drop(-1, size, DropReason.NOT_CONNECTED, serial)
            return
        numbers = socket.numbers
        fd = numbers[0] if numbers else -1
        if not socket.deliver(payload):
            self._drop(fd, size, DropReason.BUFFER_FULL, serial)
            return
        socket.asked_bytes = end = socket.asked_bytes + size
        socket.arrived_ns = kernel.now_ns
        socket.asked.append((kernel.now_ns, end))
        kernel.journal.append((kernel.now_ns, Kind.PACKET, fd, size, kernel.effect, serial))

    def _replace(self, slot: int, serial: int) -> None:
        """A client hangs up, and another one connects in its place."""
        socket = self.socket_of(slot)
        if socket is not None and not socket.read_shut:
            fd = socket.numbers[0] if socket.numbers else -1
            socket.deliver_fin()
            kernel = self.kernel
            kernel.journal.append((kernel.now_ns, Kind.PACKET, fd, 0, kernel.effect, serial))
        self._connect(slot, serial)

    def _connect(self, slot: int, serial: int) -> None:
        kernel = self.kernel
        if not self.connected:
            self._drop(-1, 0, DropReason.NOT_CONNECTED, serial)
            return
        socket = StreamSocket(kernel)
        socket.client = self
        socket.slot = slot
        if self.listener.established(socket):
            self._sockets[slot] = socket
            return
        self._sockets[slot] = None
        self._drop(-1, 0, DropReason.BACKLOG_FULL, serial)
        kernel.timers.set(kernel.now_ns + SYN_RETRY_NS, lambda: self._connect(slot, serial))

    def _drop(self, fd: int, size: int, reason: DropReason, serial: int) -> None:
        kernel = self.kernel
        kernel.ledger.counted[Count.DROPPED] += 1
        kernel.journal.append((kernel.now_ns, Kind.DROP, fd, size, reason, serial))

    def answered(self, socket: StreamSocket, count: int) -> None:
        """``count`` bytes of answers are on their way: book the requests they complete."""
        socket.answered_bytes = done = socket.answered_bytes + count
        asked = socket.asked
        free_ns = self.kernel.free_ns
        counted = self.kernel.ledger.counted
        while asked and asked[0][1] <= done:
            self.latencies.samples.append(free_ns - asked.popleft()[0])
            counted[Count.REQUESTS] += 1

    def hung_up(self, socket: StreamSocket) -> None:
        """The server closed a connection; if the client has no newer one, it is left without."""
        if self._sockets.get(socket.slot) is socket:
            self._sockets[socket.slot] = None

    def unanswered(self) -> list[tuple[int, list[tuple[int, int]]]]:
        """Requests under way: by client, (arrival time, bytes) of each."""
        pending = []
        for slot, socket in self._sockets.items():
            if socket is None or not socket.asked:
                continue
            ends = [socket.answered_bytes, *(end for _, end in socket.asked)]
            sizes = [end - begin for begin, end in itertools.pairwise(ends)]
            pending.append(
                (slot, [(time_ns, size) for (time_ns, _), size in zip(socket.asked, sizes, strict=True)])
            )
        return pending

    def redeliver(self, slot: int, requests: list[tuple[int, int]]) -> None:
        """Put requests that a rebuilt server has not answered yet back into their connection."""
        socket = self.socket_of(slot)
        for arrived_ns, size in requests:
            if socket is not None and socket.deliver(bytes(size)):
                socket.asked_bytes += size
                socket.asked.append((arrived_ns, socket.asked_bytes))
