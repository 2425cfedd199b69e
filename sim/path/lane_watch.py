"""A packet's way through the kernel: one lane, stopped just before the packet, and watched as it takes it.

The lane is a copy of the race's own (:meth:`sim.race.race.Race.lane_beside`), or, where that takes no part
in the race or is too far away, one that is started a while before the packet. Who watches changes nothing in
it:

- :class:`InterruptTap` stands between CPU and NIC and notes how things are when our interrupt begins and
  ends;
- :class:`WakeupProbe` hangs on the socket's wait queue, ahead of all others, and notes how things are when
  the wake-up walks it: the bytes are queued by then, and no callback has run;
- every record of the journal is heard at the moment at which it is made; the accounts are read there.

The kernel books an interrupt as one sum. Its parts have prices of their own in the cost table: one hard
interrupt, a softirq for each packet, a callback for each that was hooked. The table has no price for the
DMA (the NIC's, no CPU's), none for TCP, the buffer and the wait queue apart from the softirq's, none for the
ready list apart from the callback's: those steps cost nothing of their own and say so.

The NIC has no ring here; what is known is which frames are there at an interrupt. The slot told is the
packet's number in the lane modulo :data:`RING_SLOTS`, which is where a ring filled in order has it.
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
from sim.race.network import CALLBACKS
from sim.servers.select import SelectServer

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.race.lane import Lane

RING_SLOTS = 256
"""Descriptors of a NIC's receive ring: what most drivers begin with."""
MOST_RECORDS = 10_000
"""Records after which a packet's way is given up on: where interrupts take all the CPU nobody ever reads."""
_ARRIVALS = (Kind.PACKET, Kind.DROP)
_MARKED = (Kind.CALL, Kind.RETURN, Kind.READ)


@dataclass(frozen=True, slots=True)
class MarkedRecord:
    """A record, and the lane at the moment at which it was made."""

    record: Record
    free_ns: int
    """When the step is over that the record tells of."""
    spent_ns: list[int]
    scanned: int
    """Descriptors looked at so far."""
    reads: int
    """Reads of other descriptors since the arrival."""
    state: PathState

    @property
    def kind(self) -> int:
        """Of the record."""
        return self.record[1]


class LaneWatch:
    """Watches one lane take one packet.

    Args:
        packet: which.
    """

    def __init__(self, packet: FollowedPacket) -> None:
        self.packet = packet
        self.lane: Lane | None = None
        self.socket: StreamSocket | None = None
        self.fd = -1
        self.begun = False
        """Whether the interrupt that takes the packet has begun."""
        self.burst = 1
        self.place = 0
        """How many packets the interrupt takes before ours."""
        self.callbacks_before = 0
        self.ring_slot = 0
        self.effect = 0
        self.dropped = False
        self.charge_ns = 0
        """What the interrupt cost."""
        self.arrived = self.before = self.queued = self.after = PathState()
        """When the frame arrives; just before our packet's turn; as its wake-up begins; when it is over."""
        self.arrived_spent_ns: list[int] = []
        """The accounts at the arrival."""
        self.arrived_scanned = 0
        self.reads = 0
        """Reads of other descriptors since the arrival."""
        self.marks: list[MarkedRecord] = []

    # -- what is heard ----------------------------------------------------------------------

    def hear(self, record: Record) -> None:
        """A record is made."""
        if not self.begun:
            return
        _, kind, fd, _, effect, serial = record
        if kind in _ARRIVALS:
            if serial == self.packet.serial:
                self.effect, self.dropped = effect, kind == Kind.DROP
                self.fd = fd
                self.after = self.look(self.burst - self.place - 1)
            elif serial < self.packet.serial:
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
        """The interrupt that takes the packet begins."""
        lane = self.taken_by
        packets = lane.network.due_packets()
        serials = [serial for serial, _ in packets]
        self.begun = True
        self.burst, self.place = len(packets), serials.index(self.packet.serial)
        slot = packets[self.place][1]
        self.socket = lane.network.socket_of(slot) if slot >= 0 else None
        self.arrived_spent_ns, counted = lane.kernel.totals()
        self.arrived_scanned = counted[Count.SCANNED]
        self.ring_slot = (counted[Count.PACKETS] + self.place) % RING_SLOTS
        if self.socket is not None and self.socket.numbers:
            self.fd = self.socket.numbers[0]
        self.arrived = self.before = self.look(0)
        if self.place:
            self.before = replace(self.before, ring_frames=self.burst - self.place)
        if self.socket is not None:
            self.socket.wait_queue.entries.insert(0, WakeupProbe(self))

    def ended(self, charge_ns: int) -> None:
        """The interrupt is over."""
        self.charge_ns = charge_ns
        if self.socket is not None:
            entries = self.socket.wait_queue.entries
            entries[:] = [entry for entry in entries if not isinstance(entry, WakeupProbe)]

    @property
    def taken_by(self) -> Lane:
        """The lane that is watched."""
        assert self.lane is not None
        return self.lane

    @property
    def kernel(self) -> RawKernel:
        """That lane's kernel."""
        return self.taken_by.kernel

    def first(self, kind: int) -> int | None:
        """Which mark is the first of a kind; of reads only those of the packet's descriptor are marked."""
        return next((at for at, mark in enumerate(self.marks) if mark.kind == kind), None)

    # -- how things are ---------------------------------------------------------------------

    def look(self, ring_frames: int) -> PathState:
        """The structures on the packet's way at this moment."""
        kernel, socket, server = self.taken_by.kernel, self.socket, self.taken_by.server
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
            server=self._doing(),
            word=word,
        )

    def _hooked(self, socket: StreamSocket) -> list[str]:
        """The functions that a wake-up of the socket calls."""
        items = [entry for entry in socket.wait_queue.entries if not isinstance(entry, WakeupProbe)]
        names = ["ep_poll_callback" for _ in items]
        hooked = [
            call
            for call in self.taken_by.kernel.scans
            if isinstance(call, ScanCall) and _is_hooked(call, self.fd)
        ]
        return names + ["pollwake" for _ in hooked]

    def _doing(self) -> str:
        """What the program that waits is doing."""
        lane = self.taken_by
        task = lane.task
        if task is None or task.done:
            return "gone"
        if task.blocked:
            return "asleep"
        if lane.kernel.scan is not None:
            return "scanning"
        return "runnable" if lane.server.now_serving is None else "serving"


def _is_hooked(call: ScanCall, fd: int) -> bool:
    """Whether a call of select has an entry on a descriptor's wait queue."""
    rank = call.request.rank(fd) if fd >= 0 else None
    if rank is None:
        return False
    scan, hooked = call.scan, call.hooked
    if scan is not None:
        hooked = max(hooked, min(scan.position(call.kernel.now_ns), scan.hook_limit))
    return rank < hooked


class WakeupProbe:
    """An entry at the head of a wait queue that only looks."""

    exclusive = False

    def __init__(self, watch: LaneWatch) -> None:
        self._watch = watch

    def wake(self, key: int) -> bool:
        """The wake-up has come here: it has not called anybody yet."""
        watch = self._watch
        watch.queued = watch.look(watch.burst - watch.place - 1)
        return False


class InterruptTap:
    """Stands between a lane's CPU and its NIC: the device that interrupts, and somebody who looks on."""

    def __init__(self, watch: LaneWatch, lane: Lane) -> None:
        self._watch = watch
        self._network = lane.network
        self.due_ns = self._network.due_ns

    def interrupt(self) -> None:
        """The NIC interrupts."""
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
        """What interrupts have cost so far, the part that is still ahead included."""
        ledger = self._network.kernel.ledger
        ledger.fold()
        return ledger.spent_ns[Account.INTERRUPT]


def take(watch: LaneWatch, lane: Lane, until: Callable[[], bool]) -> bool:
    """Let a lane that stands before the packet take it, and go on until what is waited for has happened.

    Returns:
        Whether it has, within :data:`MOST_RECORDS` records.
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
