"""Watch one lane take one packet through the kernel.

The lane is a copy of the race's own (:meth:`sim.race.race.Race.lane_copy`). If the race has no such lane,
or it is too far away, a new lane is started a while before the packet. Watching changes nothing in the lane:

- :class:`InterruptTap` stands between the CPU and the NIC. It notes the state when our interrupt begins and
  when it ends.
- :class:`WakeupProbe` is the first entry on the socket's wait queue. It notes the state when the wake-up
  reaches the queue: the bytes are in the buffer, and no callback has run yet.
- Every record of the journal is received when it is made, and the accounts are read at that moment.

The kernel charges an interrupt as one sum. Its parts have prices of their own in the cost table: one hard
interrupt, a softirq for each packet, and a callback for each hooked one. Other steps have no price: the DMA
is the NIC's work and no CPU's; TCP, the buffer and the wait queue are part of the softirq's price; the ready
list is part of the callback's. Those steps cost nothing and name the step whose price includes them.

The simulated NIC has no ring, but the frames that are present at an interrupt are known. The slot shown is
the packet's number in the lane modulo :data:`RING_SLOTS`, as in a ring that is filled in order.

Why not add these notes to the kernel itself? A race of a million packets would pay for them, although only
one packet is ever followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.kernel.files.tcp import StreamSocket
from sim.kernel.waiting.scan import ScanCall
from sim.machine.accounts import Account, Count
from sim.machine.clock import NEVER
from sim.machine.records import Kind, Record
from sim.path.path_values import FollowedPacket, PathState, shown
from sim.race.interrupt_time import CALLBACKS
from sim.servers.select import SelectServer

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.race.lane import Lane

RING_SLOTS = 256
"""Descriptors of a NIC's receive ring; most drivers start with this number."""
MOST_RECORDS = 10_000
"""Records after which the packet is given up: if interrupts take all the CPU, it is never read."""
_ARRIVALS = (Kind.PACKET, Kind.HELD, Kind.DROP)
_MARKED = (Kind.CALL, Kind.RETURN, Kind.READ)


@dataclass(frozen=True, slots=True)
class MarkedRecord:
    """A record, and the state of the lane when it was made."""

    record: Record
    free_ns: int
    """End of the step that the record describes, in ns."""
    spent_ns: list[int]
    scanned: int
    """Descriptors scanned so far."""
    reads: int
    """Reads of other descriptors since the arrival."""
    state: PathState

    @property
    def kind(self) -> int:
        """Kind of the record."""
        return self.record[1]


class LaneWatch:
    """Watches one lane take one packet.

    Args:
        packet: The packet to watch for.
    """

    def __init__(self, packet: FollowedPacket) -> None:
        self.packet = packet
        self.lane: Lane | None = None
        self.socket: StreamSocket | None = None
        self.fd = -1
        self.begun = False
        """True once the interrupt that takes the packet has begun."""
        self.burst = 1
        self.place = 0
        """Number of packets that the interrupt takes before ours."""
        self.callbacks_before = 0
        self.ring_slot = 0
        self.effect = 0
        self.dropped = False
        """True if the packet did not come into the buffer: it was lost, or waits at its client."""
        self.charge_ns = 0
        """Cost of the interrupt in ns."""
        self.arrived = self.before = self.queued = self.after = PathState()
        """States at the arrival of the frame, before our packet's turn, at its wake-up, and after it."""
        self.arrival_totals: tuple[list[int], list[int]] = ([], [])
        """The kernel's totals at the arrival: time in ns by account, and counts."""
        self.reads = 0
        """Reads of other descriptors since the arrival."""
        self.marks: list[MarkedRecord] = []

    # -- events ----------------------------------------------------------------------------

    def hear(self, record: Record) -> None:
        """Called for each record that the kernel makes."""
        if not self.begun:
            return
        _, kind, fd, _, effect, serial = record
        if kind in _ARRIVALS:
            if serial == self.packet.serial:
                self.effect, self.dropped = effect, kind != Kind.PACKET
                self.fd = fd
                self.after = self.look(self.burst - self.place - 1)
            elif 0 <= serial < self.packet.serial:
                self.callbacks_before += bool(kind == Kind.PACKET and effect & CALLBACKS)
                self.before = self.look(self.burst - self.place)
        elif kind == Kind.READ and fd != self.fd:
            self.reads += 1
        elif kind in _MARKED:
            kernel = self.kernel
            spent_ns, counted = kernel.totals()
            at = self.look(0)
            mark = MarkedRecord(record, kernel.free_ns, spent_ns, counted[Count.SCANNED], self.reads, at)
            self.marks.append(mark)

    def begins(self) -> None:
        """Called when the interrupt that takes the packet begins."""
        lane = self.watched_lane
        packets = lane.network.due_packets()
        serials = [serial for serial, _ in packets]
        self.begun = True
        self.burst, self.place = len(packets), serials.index(self.packet.serial)
        slot = packets[self.place][1]
        self.socket = lane.network.socket_of(slot) if slot >= 0 else None
        self.arrival_totals = lane.kernel.totals()
        counted = self.arrival_totals[1]
        self.ring_slot = (counted[Count.PACKETS] + self.place) % RING_SLOTS
        if self.socket is not None and self.socket.numbers:
            self.fd = self.socket.numbers[0]
        self.arrived = self.before = self.look(0)
        if self.place:
            self.before = replace(self.before, ring_frames=self.burst - self.place)
        if self.socket is not None:
            self.socket.wait_queue.entries.insert(0, WakeupProbe(self))

    def ended(self, charge_ns: int) -> None:
        """Called when that interrupt is over; ``charge_ns`` is its cost."""
        self.charge_ns = charge_ns
        if self.socket is not None:
            entries = self.socket.wait_queue.entries
            entries[:] = [entry for entry in entries if not isinstance(entry, WakeupProbe)]

    @property
    def arrived_spent_ns(self) -> list[int]:
        """Time spent before the arrival in ns, by account."""
        return self.arrival_totals[0]

    @property
    def arrived_scanned(self) -> int:
        """Descriptors scanned before the arrival."""
        return self.arrival_totals[1][Count.SCANNED]

    @property
    def watched_lane(self) -> Lane:
        """The watched lane."""
        assert self.lane is not None
        return self.lane

    @property
    def kernel(self) -> RawKernel:
        """Kernel of the watched lane."""
        return self.watched_lane.kernel

    def first(self, kind: int) -> int | None:
        """Index of the first mark of a kind. Only reads of the packet's descriptor are marked."""
        return next((at for at, mark in enumerate(self.marks) if mark.kind == kind), None)

    # -- observed state --------------------------------------------------------------------

    def look(self, ring_frames: int) -> PathState:
        """State of the structures on the packet's path at this moment."""
        kernel, socket, server = self.watched_lane.kernel, self.socket, self.watched_lane.server
        ready = kernel.epoll_calls.epolls[0].ready if kernel.epoll_calls.epolls else []
        word = 0
        if isinstance(server, SelectServer) and self.fd >= 0:
            word = server.words_of(self.fd)[0]
        return PathState(
            ring_frames=ring_frames,
            segments=0 if socket is None else len(socket.received),
            buffer_bytes=0 if socket is None else socket.received_bytes,
            mask=0 if socket is None else socket.mask,
            hooked=() if socket is None else tuple(self._hooked(socket)),
            ready=shown([item.fd for item in ready], self.fd),
            ready_count=len(ready),
            server=self._server_activity(),
            word=word,
        )

    def _hooked(self, socket: StreamSocket) -> list[str]:
        """Names of the functions that a wake-up of the socket calls."""
        items = [entry for entry in socket.wait_queue.entries if not isinstance(entry, WakeupProbe)]
        names = ["ep_poll_callback" for _ in items]
        calls = [call for call in self.watched_lane.kernel.scans if isinstance(call, ScanCall)]
        hooked = [call for call in calls if _is_hooked(call, self.fd)]
        return names + ["pollwake" for _ in hooked]

    def _server_activity(self) -> str:
        """Activity of the program that waits."""
        lane = self.watched_lane
        task = lane.task
        if task is None or task.done:
            return "gone"
        if task.blocked:
            return "asleep"
        if lane.kernel.scan is not None:
            return "scanning"
        return "runnable" if lane.server.now_serving is None else "serving"


def _is_hooked(call: ScanCall, fd: int) -> bool:
    """True if a call of select has an entry on a descriptor's wait queue."""
    rank = call.request.rank(fd) if fd >= 0 else None
    if rank is None:
        return False
    scan, hooked = call.scan, call.hooked
    if scan is not None:
        hooked = max(hooked, min(scan.position(call.kernel.now_ns), scan.hook_limit))
    return rank < hooked


class WakeupProbe:
    """An entry at the head of a wait queue that notes the state and wakes no task."""

    exclusive = False

    def __init__(self, watch: LaneWatch) -> None:
        self._watch = watch

    def wake(self, key: int) -> bool:
        """The wake-up has reached the queue and has called no other entry yet."""
        watch = self._watch
        watch.queued = watch.look(watch.burst - watch.place - 1)
        return False


class InterruptTap:
    """Stands between a lane's CPU and its NIC, and watches the interrupt of our packet."""

    def __init__(self, watch: LaneWatch, lane: Lane) -> None:
        self._watch = watch
        self._network = lane.network
        self.due_ns = self._network.due_ns

    def interrupt(self) -> None:
        """Pass an interrupt on to the NIC."""
        network, watch = self._network, self._watch
        if watch.begun or network.due_ns != watch.packet.at_ns:
            network.interrupt()
            self.due_ns = network.due_ns
            return
        watch.begins()
        before_ns = self._booked_ns()
        network.interrupt()
        self.due_ns = network.due_ns
        watch.ended(self._booked_ns() - before_ns)

    def _booked_ns(self) -> int:
        """Cost of all interrupts so far in ns, including the part that is still to come."""
        ledger = self._network.kernel.ledger
        ledger.fold()
        return ledger.spent_ns[Account.INTERRUPT]


def run_lane(watch: LaneWatch, lane: Lane, until: Callable[[], bool]) -> bool:
    """Run a lane from just before the packet until ``until`` is true.

    Returns:
        True if it became true within :data:`MOST_RECORDS` records.
    """
    watch.lane = lane
    kernel = lane.kernel
    kernel.device = InterruptTap(watch, lane)
    lane.run_until(watch.packet.at_ns)
    most = lane.journal.made + MOST_RECORDS
    while lane.journal.made < most:
        if until():
            return True
        due_ns = kernel.next_due_ns()
        if due_ns >= NEVER:
            break
        lane.run_until(due_ns)
    return until()
