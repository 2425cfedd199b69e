"""The network of a lane: the NIC that interrupts, and the clients behind it.

The path of a packet in Linux: the NIC writes the frame to memory and raises an interrupt. The handler
schedules the softirq. ``net_rx_action`` takes all packets that have arrived, so that a burst needs one
interrupt. IP and TCP find the socket and queue the bytes, and ``sock_def_readable`` wakes the socket's wait
queue. The entries of the wait queue decide what happens next: ``ep_poll_callback`` appends to a ready list,
``pollwake`` wakes a sleeping select. If the queue is empty, nothing more happens, and the bytes stay until
the program asks. All of this runs instead of the server, and takes time from it.

Each client has one connection. It sends its requests at the times of the workload, as far as the window of
the connection has room (:mod:`sim.race.held_requests`), reads answers at once, and compares only their
length. Nothing is dropped but what the kernel must discard: a handshake that finds the backlog full, or data
of a client without a connection. Simplified: there is no loss and no reordering; ACKs travel with the data; a
handshake and a hang-up are a packet each; a connection that finds the backlog full is tried again after a
second, which is the first retransmission of a SYN.

Why not one event for each packet: the packets of a burst arrive at one instant and share an interrupt, as on
a real NIC. Handling them together also takes fewer steps.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.kernel.files.slow_client import SlowStreamSocket
from sim.kernel.files.tcp import ListeningSocket, StreamSocket
from sim.machine.accounts import Count
from sim.machine.clock import NEVER
from sim.machine.records import DropReason, Effect, Kind
from sim.race.client_windows import ClientWindows
from sim.race.held_requests import HeldRequests
from sim.race.idle_connections import IdleConnections
from sim.race.interrupt_time import CALLBACKS, InterruptTime
from sim.scenario.workload import Window, Workload

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.race.latency import Latencies

SYN_RETRY_NS = 1_000_000_000
PACKET, NOBODY = Kind.PACKET, Effect.NOBODY


class Network:
    """A lane's NIC and its clients: the device that interrupts the lane's CPU.

    Args:
        kernel: the lane's kernel.
        listener: the server's listening socket.
        first_fd: descriptor of the first connection of client 0. Those of the other clients follow.
        latencies: histogram into which answers are counted.
    """

    def __init__(
        self, kernel: RawKernel, listener: ListeningSocket, first_fd: int, latencies: Latencies
    ) -> None:
        self.kernel = kernel
        self.listener = listener
        self.first_fd = first_fd
        self.latencies = latencies
        self.connected = True
        """False after the server has ended. Packets are then dropped."""
        self.slow: frozenset[int] = frozenset()
        """Numbers of clients that read their answers slowly."""
        self.first_drop_ns: int | None = None
        """Virtual time of the first loss; None before it."""
        self.resting: IdleConnections | None = None
        """Connections that were put back into their block; None before the first checkpoint that does so."""
        self.objects: dict[int, StreamSocket] = {}
        """Connections that exist as objects, by number of the client."""
        self._without: set[int] = set()
        """Numbers of clients without a connection."""
        self._retrying: set[int] = set()
        """Numbers of clients without a connection that will send their SYN again."""
        self._record = kernel.journal.append
        self._absent = 0
        """Requests of the interrupt under way of which no byte came, because their windows are full."""
        self._time = InterruptTime(kernel)
        self._charges = self._time.charges
        self._windows = ClientWindows(kernel, self._time)
        self.payload = b""
        """The bytes of a request."""
        self._workload: Workload | None = None
        self._window = Window([NEVER], [], 0)
        self._number = 0
        """Number of the current window."""
        self._next = 0
        """Index of the next packet in the current window."""
        self.due_ns = NEVER
        """Virtual time of the next packet."""

    # -- the schedule ---------------------------------------------------------------------

    def attach(self, workload: Workload) -> None:
        """Take the arrivals of a workload that come after now; at the start of the race, all arrivals."""
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

    def resume(self, workload: Workload) -> None:
        """Continue with a workload, after this network was restored without it."""
        self._workload = workload
        self._record = self.kernel.journal.append
        self._window = Window([NEVER], [], 0) if workload.silent else workload.window(self._number)

    def _load(self) -> None:
        """Load the first window from ``_number`` on that has an arrival."""
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
        """Make a packet of the current window the next one."""
        self._next = index
        self.due_ns = self._window.times_ns[index]
        if self.due_ns == NEVER:
            self._number += 1
            self._load()

    def due_packets(self) -> list[tuple[int, int]]:
        """The packets of the next interrupt: (serial number, client), with ``~client`` for a hang-up."""
        window, begin = self._window, self._next
        end = begin
        while end < len(window.slots) and window.times_ns[end] == self.due_ns:
            end += 1
        return [(window.first_serial + index, window.slots[index]) for index in range(begin, end)]

    def journal_changed(self) -> None:
        """The journal has a new listener: append to it through the new function."""
        self._record = self.kernel.journal.append

    # -- interrupt and softirq ------------------------------------------------------------

    def interrupt(self) -> None:
        """Handle an interrupt: take all packets of this instant, then let the server continue."""
        kernel = self.kernel
        now_ns = kernel.now_ns
        if kernel.free_ns < now_ns:
            kernel.book_idle()
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
        if self._absent:
            packets -= self._absent
            self._absent = 0
        if packets:  # as in InterruptTime.take, which would cost more to call than these lines do
            key = packets, callbacks, kernel.wake_ns
            charge = self._charges.get(key) or self._time.charge(*key)
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

    # -- the clients ----------------------------------------------------------------------

    def make(self, fd: int) -> StreamSocket:
        """Make the connection of an idle block's descriptor, because something happens to it."""
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
        for watcher in kernel.block_watchers:
            watcher.materialize(socket, fd)
        if checked_ns >= 0:
            for watch in socket.watches:
                watch.checked_ns = checked_ns
        return socket

    def socket_of(self, slot: int) -> StreamSocket | None:
        """The connection of a client; None if it has none now."""
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
        if socket.held is None and socket.deliver(payload):
            socket.arrived_ns = now_ns = kernel.now_ns
            socket.unanswered_ns.append(now_ns)
            self._record((now_ns, PACKET, fd, len(payload), kernel.effect, serial))
        else:
            self._absent += not self._windows.hold(socket, payload, serial)

    def _first_request(self, slot: int, serial: int) -> None:
        """A client sends a request, and its connection has no object yet or does not exist."""
        socket = self.socket_of(slot)
        if socket is not None:
            self._request(socket, serial)
        else:
            self._drop(-1, len(self.payload), DropReason.NOT_CONNECTED, serial)

    def _replace(self, slot: int, serial: int) -> None:
        """A client hangs up, and a new one connects in its place. FIN and handshake are one record."""
        kernel = self.kernel
        socket = self.socket_of(slot)
        numbers = self.listener.numbers
        hung_up = False
        if socket is not None and not socket.read_shut:
            numbers = socket.numbers
            hung_up = True
            self._windows.hang_up(socket)
        fd = numbers[0] if numbers else -1
        if self._connect(slot, serial) or hung_up:
            self._record((kernel.now_ns, PACKET, fd, 0, kernel.effect, serial))

    def _connect(self, slot: int, serial: int) -> bool:
        """Do a handshake; return False if the listening socket had no room for the connection."""
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
        """Send the SYN again, unless the client has a connection by now."""
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
        """``count`` bytes of answers were sent: count the requests that they complete."""
        size = len(self.payload)
        answered_bytes = socket.answered_bytes + count
        asked = socket.unanswered_ns
        kernel = self.kernel
        while answered_bytes >= size and asked:
            answered_bytes -= size
            self.latencies.samples.append(kernel.free_ns - asked.pop(0))
            kernel.ledger.counted[Count.REQUESTS] += 1
        socket.answered_bytes = answered_bytes

    def has_room(self, socket: StreamSocket) -> None:
        """The server has read from a connection for which the client holds something back."""
        self._windows.opens(socket)

    def hung_up(self, socket: StreamSocket) -> None:
        """The server closed a connection. The client has no connection now, unless it has a newer one."""
        if isinstance(socket.held, HeldRequests) and socket.held.count:
            self._lose(socket, socket.held.count)
        if self.objects.get(socket.slot) is socket:
            self._left_without(socket.slot)

    def disconnect_all(self) -> None:
        """The process has ended, so every connection is closed."""
        self.connected = False
        self.objects.clear()

    def unanswered(self) -> list[StreamSocket]:
        """Connections with unanswered requests, also of clients that have hung up since."""
        files = [*self.kernel.table.files.values(), *self.listener.queue, *self.objects.values()]
        sockets = dict.fromkeys(file for file in files if isinstance(file, StreamSocket))
        asking = (socket for socket in sockets if socket.unanswered_ns or socket.held is not None)
        return sorted(asking, key=lambda socket: (socket.slot, socket.unanswered_ns, socket.numbers))

    def take_over(self, socket: StreamSocket, kept: bool) -> None:
        """Take over the unanswered requests of a connection of an earlier kernel.

        Args:
            socket: the earlier connection.
            kept: True if the client still exists. Its requests are then put into its new connection;
                otherwise they count as dropped.
        """
        new = self.socket_of(socket.slot) if kept else None
        made_ns = socket.unanswered_ns[:]
        if isinstance(socket.held, HeldRequests):
            made_ns.extend(socket.held.due_ns)
        if new is None:
            self._lose(socket, len(made_ns))
            return
        for due_ns in made_ns:
            self._windows.send_again(new, self.payload, due_ns)

    def _lose(self, socket: StreamSocket, count: int) -> None:
        """Count requests whose connection is gone."""
        if count:
            kernel = self.kernel
            if self.first_drop_ns is None:
                self.first_drop_ns = kernel.now_ns
            kernel.ledger.counted[Count.DROPPED] += count
            size = count * len(self.payload)
            self._record((kernel.now_ns, Kind.DROP, -1, size, DropReason.CONNECTION_GONE, -1 - socket.slot))
