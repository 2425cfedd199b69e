"""The interrupt feed: one row for each packet, with its effect in every lane.

All lanes get the same packets at the same virtual times, and a packet has the same serial number in each
lane. So rows are joined by it. The feed keeps the newest rows, and counts the packets without a row. At full
speed most packets have no row. A dropped packet is shown in red.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size

from c10k_tui.screens.race.views.feed_words import effect_words
from c10k_tui.screens.race.views.warning import strike_row
from c10k_tui.text.lanes import brief_name
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, clip, left, right
from sim.frames.frame import Frame
from sim.machine.journal import RECALLED
from sim.machine.records import Kind, Record
from sim.scenario.units import format_bytes

KEPT = 500
"""Number of rows that are kept."""

_ARRIVALS = (Kind.PACKET, Kind.HELD, Kind.DROP)
_ROWS = (*_ARRIVALS, Kind.STRIKE)
_AFTER_ALL = 2**62
"""Added to the serial of a strike, so that its row comes after all packets of the same time."""
WIDE_PACKET, NARROW_PACKET, TINY_PACKET, BARE_PACKET, LEAST_PACKET = 43, 27, 18, 8, 6
"""Widths of the packet's own part of a row, in cells."""
LEAST_COLUMN = 7
"""Width of a lane's column: its frame and six letters. From eight cells on there is a blank between
columns."""


@dataclass(slots=True)
class FeedRow:
    """One packet and its effects."""

    serial: int
    time_ns: int
    fd: int
    size_bytes: int
    effects: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By lane: the effect, or the reason of a drop; and True if the packet was dropped."""
    strike: tuple[str, int, int] | None = None
    """For a fault that struck instead of a packet: lane, fault, number of strikes by then."""

    @property
    def moment(self) -> tuple[int, int]:
        """The sort key of a row: virtual time, then serial."""
        return self.time_ns, self.serial


class FeedModel:
    """The newest packets, and the filter that selects the shown ones.

    Only records are kept here. Rows are made when they are drawn, because at full speed most packets pass
    without ever being seen.
    """

    def __init__(self) -> None:
        self.only_fd: int | None = None
        """If not None, only packets for this descriptor are shown."""
        self._kept: dict[str, deque[tuple[Sequence[Record], int]]] = {}
        self._packets: dict[str, int] = {}
        self._newest = -1
        self._fresh = True
        """True until the first frame is taken in after the start, or after :meth:`forget`."""

    def forget(self) -> None:
        """Drop everything: another race, or another time of it, is shown from now on."""
        self._kept.clear()
        self._packets.clear()
        self._newest = -1
        self._fresh = True

    def take(self, frame: Frame) -> None:
        """Add the packets that arrived since the last frame."""
        names = [lane.name for lane in frame.lanes]
        for name in [name for name in self._kept if name not in names]:
            del self._kept[name], self._packets[name]
        since_ns = _known_since_ns(frame) if self._fresh else 0
        for lane in frame.lanes:
            records = lane.records
            if records and records[0][0] < since_ns:
                records = [record for record in records if record[0] >= since_ns]
            if records:
                self._fresh = False
                self._keep(lane.name, records)

    def _keep(self, lane: str, records: Sequence[Record]) -> None:
        serials = [record[5] for record in records if record[1] in _ARRIVALS]
        # A request dropped with its connection has no packet, and so a negative serial.
        packets = sum(serial >= 0 for serial in serials)
        self._newest = max(self._newest, *serials, -1)
        kept = self._kept.setdefault(lane, deque())
        kept.append((records, packets))
        total = self._packets.get(lane, 0) + packets
        while total - kept[0][1] >= KEPT:
            total -= kept.popleft()[1]
        self._packets[lane] = total

    @property
    def missed(self) -> int:
        """Number of packets that never had a row or have lost it."""
        return self._newest + 1 - min(KEPT, max(self._packets.values(), default=0))

    def rows(self, most: int = KEPT) -> list[FeedRow]:
        """The newest rows that pass the filter, oldest first.

        Args:
            most: Number of rows at most.
        """
        rows: dict[tuple[int, int], FeedRow] = {}
        for number, (name, kept) in enumerate(self._kept.items()):
            # The lanes' records may differ by a few packets, so a few more than wanted are examined.
            wanted = min(most + 16, KEPT)
            for time_ns, kind, fd, size, effect, serial in _newest_first(kept, self.only_fd, wanted):
                if kind == Kind.STRIKE:
                    key = (_AFTER_ALL + effect * len(self._kept) + number, time_ns)
                    rows[key] = FeedRow(key[0], time_ns, fd, 0, strike=(name, effect, size))
                    continue
                # One client may lose its connection more than once; a packet arrives only once.
                key = (serial, 0 if serial >= 0 else time_ns)
                row = rows.get(key)
                if row is None:
                    row = rows[key] = FeedRow(serial, time_ns, fd, size)
                row.time_ns = min(row.time_ns, time_ns)
                row.fd = max(row.fd, fd)
                row.effects[name] = (effect, kind == Kind.DROP)
        return sorted(rows.values(), key=lambda row: row.moment)[-min(most, KEPT) :]

    def records_of(self, lane: str) -> Iterator[Record]:
        """The latest records of a lane, of every kind, the newest first."""
        for records, _count in reversed(self._kept.get(lane, ())):
            yield from reversed(records)

    def title(self) -> str:
        """The title on the feed's frame: its contents."""
        words = (
            _("interrupts")
            if self.only_fd is None
            else _("interrupts for fd {only_fd} only", only_fd=self.only_fd)
        )
        return (
            _("{words} · {missed:,} earlier ones not shown", words=words, missed=self.missed)
            if self.missed > 0
            else words
        )


def _known_since_ns(frame: Frame) -> int:
    """The virtual time since which a frame after a jump has all records of every lane."""
    return max((lane.records[0][0] for lane in frame.lanes if len(lane.records) >= RECALLED), default=0)


def _newest_first(
    kept: deque[tuple[Sequence[Record], int]], only_fd: int | None, wanted: int
) -> Iterator[Record]:
    """Arrivals from the newest to the oldest, at most ``wanted``."""
    for records, _count in reversed(kept):
        for record in reversed(records):
            if record[1] in _ROWS and (only_fd is None or record[2] == only_fd):
                yield record
                wanted -= 1
                if not wanted:
                    return


def heading(lanes: list[str], width: int) -> Line:
    """The names of the columns."""
    packet, column = _columns(len(lanes), width)
    path = _("irq→softirq→fd") if packet >= NARROW_PACKET else "fd"
    time = right(_("time, ms "), 11) if packet >= TINY_PACKET else ""
    spans = [(time + left(path, packet - cell_len(time)), "dim")]
    before = " " * min(2, column + 1 - LEAST_COLUMN)
    room = column - len(before)
    spans.extend((before + brief_name(name, room).ljust(room), name) for name in lanes)
    return clip(tuple(spans), width)


def under_cursor(line: Line) -> Line:
    """A row under the cursor: its first span has the cursor's style."""
    if not line:  # a feed without width
        return line
    (text, _), *others = line
    return ((text, "cursor"), *others)


def row_line(row: FeedRow, lanes: list[str], width: int) -> Line:
    """One row of at most ``width`` cells."""
    if row.strike is not None:
        time = (f"{row.time_ns / 1_000_000:10.4f} ", "dim")
        return (time, *strike_row(*row.strike, row.fd, width - len(time[0])))
    packet, column = _columns(len(lanes), width)
    before = "" if column == LEAST_COLUMN else " "
    room = column - 1 - len(before)
    spans = list(_packet(row, packet))
    for lane in lanes:
        text, role = effect_words(lane, *row.effects[lane], room) if lane in row.effects else ("…", "dim")
        spans.append(("│", "frame"))
        spans.append((before + set_cell_size(text, room), role))
    return clip(tuple(spans), width)


def _columns(lanes: int, width: int) -> tuple[int, int]:
    """Widths of the packet's part and of each lane's column. The lanes' columns get their room first."""
    if width - WIDE_PACKET >= 21 * lanes:
        packet = WIDE_PACKET
    elif width - NARROW_PACKET >= 9 * lanes:
        packet = NARROW_PACKET
    elif width - TINY_PACKET >= 8 * lanes:
        packet = TINY_PACKET
    else:
        packet = BARE_PACKET if width - BARE_PACKET >= (LEAST_COLUMN + 1) * lanes else LEAST_PACKET
    return packet, max(LEAST_COLUMN, min(48, (width - packet) // max(1, lanes)))


def _packet(row: FeedRow, width: int) -> Iterator[tuple[str, str]]:
    dropped = any(lost for _, lost in row.effects.values())
    fd_role = "alarm" if dropped else "strong"
    time = f"{row.time_ns / 1_000_000:10.4f} "
    where = f"fd {row.fd}" if row.fd >= 0 else _("no fd")
    size = f" {format_bytes(row.size_bytes)}" if row.size_bytes else " SYN/FIN"
    if width <= TINY_PACKET:
        if width == TINY_PACKET:
            yield time, "dim"
            width -= len(time)
        number = where.removeprefix("fd ")
        yield (number if len(number) <= width else "…" + number[1 - width :]).ljust(width), fd_role
        return
    if width == WIDE_PACKET:
        path = _("irq→softirq→")
        yield time, "dim"
        yield path, "dim"
        width -= len(path)
    else:
        yield time, "dim"
    yield where, fd_role
    yield size[: width - 11 - len(where)].ljust(width - 11 - len(where)), "text"
