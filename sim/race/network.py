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

from functools import partial
from typing import TYPE_CHECKING

from sim.kernel.files.slow import SlowStreamSocket
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.machine.accounts import Account, Charge, Count
from sim.machine.clock import NEVER
from sim.machine.records import DropReason, Effect, Kind
from sim.race.idle_connections import IdleConnections
from sim.scenario.workload import Window, Workload

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.race.latency import Latencies

SYN_RETRY_NS = 1_000_000_000
PACKET, NOBODY = Kind.PACKET, Effect.NOBODY
CALLBACKS = Effect.READY_LIST | Effect.ALREADY_LISTED | Effect.WOKE_SCAN | Effect.WOKE_TASK
"""What only a wait-queue callback can have caused."""


class Network:
    """A lane's NIC and its clients: the device that interrupts the lane's CPU."""

    def __init__(
        self, kernel: RawKernel, listener: ListeningSocket, first_fd: int, latencies: Latencies
    ) -> None:
        self.kernel = kernel
        self.listener = listener
        self.first_fd = first_fd
        """Descriptor of client 0's first connection; the others' follow."""
        self.latencies = latencies
        self.connected = True
        """False once the server is gone: nothing is taken any more."""
        self.slow: frozenset[int] = frozenset()
        """Clients that read their answers slowly."""
        self.first_drop_ns: int | None = None
        """When something was lost for the first time."""
        self.resting: IdleConnections | None = None
        """What is known of the connections that were put back into their block."""
        self.objects: dict[int, StreamSocket] = {}
        """Connections that exist as objects, by client."""
        self._without: set[int] = set()
        """Clients that have no connection."""
        self._retrying: set[int] = set()
        """Those of them whose SYN is on its way again."""
        self._record = kernel.journal.append
        self._interrupts = kernel.ledger.page()
        self.payload = b""
        """What a request says."""
        self._workload: Workload | None = None
        self._window = Window([NEVER], [], 0)
        self._number = 0
        self._next = 0
        self.due_ns = NEVER

    # -- the schedule ---------------------------------------------------------------------

    def attach(self, workload: Workload) -> None:
        """Take arrivals from a workload: those after now (at the very start: all)."""
        now_ns = self.kernel.now_ns
        self._workload = workload
        self.payload = workload.payload
        if workload.silent:
            self._window, self._next, self.due_ns = Window([NEVER], [], 0), 0, NEVER
            return
        self._number = (now_ns - workload.start_ns) // workload.window_ns
        self._load()
        while workload.start_ns < now_ns >= self.due_ns:
            self._go_to(self._next + 1)

    def rejoin(self, workload: Workload) -> None:
        """Go on with a workload from where this network, which was stored without it, is."""
        self._workload = workload
        self._record = self.kernel.journal.append
        self._window = Window([NEVER], [], 0) if workload.silent else workload.window(self._number)

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

    def _go_to(self, index: int) -> None:
        """Make a packet of this window the next one."""
        self._next = index
        self.due_ns = self._window.times_ns[index]
        if self.due_ns == NEVER:
            self._number += 1
            self._load()

    def due_packets(self) -> list[tuple[int, int]]:
        """What the next interrupt takes: (serial, client) of each packet, ``~client`` at a hang-up."""
        window, begin = self._window, self._next
        end = begin
        while end < len(window.slots) and window.times_ns[end] == self.due_ns:
            end += 1
        return [(window.first_serial + index, window.slots[index]) for index in range(begin, end)]

    def heard_again(self) -> None:
        """Somebody hears of the journal's records from now on."""
        self._record = self.kernel.journal.append

    # -- interrupt and softirq ------------------------------------------------------------

    def interrupt(self) -> None:
        """The NIC interrupts: take every packet that is there, then let the server go on."""
        kernel = self.kernel
        now_ns = kernel.now_ns
        if kernel.free_ns < now_ns:
            kernel.catch_up()
        if kernel.free_ns != kernel.stolen_until_ns:
            kernel.stolen_ns = 0
        window, index = self._window, self._next
        times_ns = window.times_ns
        serial = window.first_serial + index
        packets = callbacks = kernel.wake_ns = 0
        while True:
            slot = window.slots[index]
            kernel.effect = NOBODY
            socket = self.objects.get(slot)
            if socket is not None:
                self._request(socket, serial)
            elif slot < 0:
                self._replace(~slot, serial)
            else:
                self._first_request(slot, serial)
            if kernel.effect & CALLBACKS:
                callbacks += 1
            packets += 1
            index += 1
            serial += 1
            if times_ns[index] != now_ns:
                break
        key = packets, callbacks, kernel.wake_ns
        charge = self._interrupts.get(key) or self._interrupt_charge(*key)
        charge.times += 1
        kernel.stolen_ns += charge.ns
        kernel.free_ns += charge.ns
        if kernel.scan is not None:
            kernel.scan.interrupted(charge.ns)
            kernel.free_ns = kernel.scan.finish_ns()
        kernel.stolen_until_ns = kernel.free_ns
        self._next = index
        self.due_ns = due_ns = times_ns[index]
        if due_ns == NEVER:
            self._go_to(index)

    def _interrupt_charge(self, packets: int, callbacks: int, wake_ns: int) -> Charge:
        """One interrupt and the softirq work for so many packets."""
        costs = self.kernel.costs
        spent_ns = costs.interrupt_ns + packets * costs.softirq_ns + callbacks * costs.callback_ns
        spent_ns += wake_ns
        charge = self._interrupts[packets, callbacks, wake_ns] = Charge(
            ((Account.INTERRUPT, spent_ns),), ((Count.INTERRUPTS, 1), (Count.PACKETS, packets))
        )
        return charge

    # -- the clients ----------------------------------------------------------------------

    def make(self, fd: int) -> StreamSocket:
        """The connection behind a number of an idle block, now that something happens to it."""
        kernel, resting = self.kernel, self.resting
        place = fd - self.first_fd
        slot = place if resting is None else resting.client_at(place)
        socket = StreamSocket(kernel) if slot not in self.slow else SlowStreamSocket(kernel)
        socket.client = self
        socket.slot = slot
        checked_ns = -1
        if resting is not None:
            socket.arrived_ns = int(resting.arrived_ns[place]) - 1
            checked_ns = int(resting.checked_ns[place]) - 1
        self.objects[socket.slot] = socket
        for epoll in kernel.epolls:
            if epoll.idle_blocks:
                item = epoll.materialize(socket, fd)
                if checked_ns >= 0 and item is not None:
                    item.checked_ns = checked_ns
        for watcher in kernel.block_watchers:
            watcher.materialize(socket, fd)
        if kernel.at_touch is not None:
            kernel.at_touch(socket, fd)
        return socket

    def socket_of(self, slot: int) -> StreamSocket | None:
        """A client's connection; None if it has none now."""
        if slot in self.objects:
            return self.objects[slot]
        if not self.connected or slot in self._without:
            return None
        place = slot if self.resting is None else self.resting.place_of(slot)
        file = self.kernel.table.file(self.first_fd + place)
        assert isinstance(file, StreamSocket)
        return file

    def _request(self, socket: StreamSocket, serial: int) -> None:
        """A client sends a request."""
        kernel, payload = self.kernel, self.payload
        fd = socket.numbers[0] if socket.numbers else -1
        if socket.deliver(payload):
            socket.arrived_ns = now_ns = kernel.now_ns
            socket.unanswered_ns.append(now_ns)
            self._record((now_ns, PACKET, fd, len(payload), kernel.effect, serial))
        else:
            self._drop(fd, len(payload), DropReason.BUFFER_FULL, serial)

    def _first_request(self, slot: int, serial: int) -> None:
        """A client sends that never did before, or cannot."""
        socket = self.socket_of(slot)
        if socket is not None:
            self._request(socket, serial)
        else:
            self._drop(-1, len(self.payload), DropReason.NOT_CONNECTED, serial)

    def _replace(self, slot: int, serial: int) -> None:
        """A client hangs up, and another one connects in its place: FIN and handshake are one record."""
        kernel = self.kernel
        socket = self.socket_of(slot)
        numbers = self.listener.numbers
        hung_up = False
        if socket is not None and not socket.read_shut:
            numbers = socket.numbers
            hung_up = True
            socket.deliver_fin()
        fd = numbers[0] if numbers else -1
        if self._connect(slot, serial) or hung_up:
            self._record((kernel.now_ns, PACKET, fd, 0, kernel.effect, serial))

    def _connect(self, slot: int, serial: int) -> bool:
        """A handshake; whether the listening socket had room for the connection."""
        kernel = self.kernel
        if not self.connected:
            self._drop(-1, 0, DropReason.NOT_CONNECTED, serial)
            return False
        socket = StreamSocket(kernel) if slot not in self.slow else SlowStreamSocket(kernel)
        socket.client = self
        socket.slot = slot
        if self.listener.established(socket):
            self.objects[slot] = socket
            self._without.discard(slot)
            return True
        self._left_without(slot)
        self._drop(-1, 0, DropReason.BACKLOG_FULL, serial)
        if slot not in self._retrying:
            self._retrying.add(slot)
            kernel.timers.set(kernel.now_ns + SYN_RETRY_NS, partial(self._retry, slot, serial))
        return False

    def _retry(self, slot: int, serial: int) -> None:
        """The SYN comes again, unless the client has a connection by now."""
        self._retrying.discard(slot)
        if slot in self._without:
            self._connect(slot, serial)

    def _left_without(self, slot: int) -> None:
        self.objects.pop(slot, None)
        self._without.add(slot)

    def _drop(self, fd: int, size: int, reason: int, serial: int) -> None:
        kernel = self.kernel
        if self.first_drop_ns is None:
            self.first_drop_ns = kernel.now_ns
        kernel.ledger.counted[Count.DROPPED] += 1
        kernel.journal.append((kernel.now_ns, Kind.DROP, fd, size, reason, serial))

    def answered(self, socket: StreamSocket, count: int) -> None:
        """``count`` bytes of answers are on their way: book the requests they complete."""
        size = len(self.payload)
        answered_bytes = socket.answered_bytes + count
        asked = socket.unanswered_ns
        kernel = self.kernel
        while answered_bytes >= size and asked:
            answered_bytes -= size
            self.latencies.samples.append(kernel.free_ns - asked.pop(0))
            kernel.ledger.counted[Count.REQUESTS] += 1
        socket.answered_bytes = answered_bytes

    def hung_up(self, socket: StreamSocket) -> None:
        """The server closed a connection; if the client has no newer one, it is left without."""
        if self.objects.get(socket.slot) is socket:
            self._left_without(socket.slot)

    def server_gone(self) -> None:
        """The process is gone, and every connection with it."""
        self.connected = False
        self.objects.clear()

    def unanswered(self) -> list[StreamSocket]:
        """Connections with requests under way, those whose client has hung up since included."""
        files = [*self.kernel.table.files.values(), *self.listener.queue, *self.objects.values()]
        sockets = dict.fromkeys(file for file in files if isinstance(file, StreamSocket))
        asking = (socket for socket in sockets if socket.unanswered_ns)
        return sorted(asking, key=lambda socket: (socket.slot, socket.unanswered_ns, socket.numbers))

    def take_over(self, socket: StreamSocket, kept: bool) -> None:
        """Requests that an earlier kernel's connection had not answered.

        Args:
            kept: whether the client is still there: its requests lie in its new connection then.
        """
        new = self.socket_of(socket.slot) if kept else None
        lost = 0
        for arrived_ns in socket.unanswered_ns:
            if new is not None and new.deliver(self.payload):
                new.unanswered_ns.append(arrived_ns)
            else:
                lost += 1
        if lost:
            kernel = self.kernel
            if self.first_drop_ns is None:
                self.first_drop_ns = kernel.now_ns
            kernel.ledger.counted[Count.DROPPED] += lost
            size = lost * len(self.payload)
            self._record((kernel.now_ns, Kind.DROP, -1, size, DropReason.CONNECTION_GONE, -1 - socket.slot))
