"""Choice of the packet whose path the path screen shows."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.screens.race.views.feed import FeedRow
from c10k_tui.session.race_protocol import RaceProtocol
from c10k_tui.text.messages import _
from sim.path.packet_path import next_packet
from sim.path.path_values import FollowedPacket


class NoPacketToFollow(Exception):
    """There is no packet to follow. The message says why, in one line."""


def chosen(
    race: RaceProtocol, row: FeedRow | None, rows: Sequence[FeedRow], slots: range | None, first_fd: int
) -> FollowedPacket:
    """The packet to follow.

    Args:
        race: The race.
        row: The feed's row under the cursor; None without a cursor.
        rows: The feed's rows, oldest first.
        slots: Descriptors in the cell under the grids' cursor, counted from ``first_fd``; None without a
            cursor.
        first_fd: The first descriptor of the grids.

    Raises:
        NoPacketToFollow: there is no such packet.
    """
    if row is not None:
        if not _has_data(row):
            if row.serial < 0 and row.size_bytes:
                raise NoPacketToFollow(_("it is the rest of an earlier request: choose another row"))
            raise NoPacketToFollow(_("a SYN or FIN carries no data: choose a row with bytes"))
        return FollowedPacket(row.time_ns, row.serial)
    with_data = [row for row in rows if _has_data(row)]
    if slots is None:
        if not with_data:
            raise NoPacketToFollow(_("no packet yet: let the race go on or raise the rate"))
        return FollowedPacket(with_data[-1].time_ns, with_data[-1].serial)
    theirs = [row for row in with_data if row.fd - first_fd in slots]
    if theirs:
        return FollowedPacket(theirs[-1].time_ns, theirs[-1].serial)
    packet = None
    if not race.scenario.churn:  # With churn, the clients that will be in the cell are not known yet.
        packet = next_packet(race.settings_at(race.now_ns), race.now_ns, slots)
    if packet is None:
        raise NoPacketToFollow(_("no packet for this cell, nor soon: choose a busy one, or esc and g"))
    return packet


def _has_data(row: FeedRow) -> bool:
    """True for a packet of the schedule that carries bytes."""
    return row.serial >= 0 and row.size_bytes > 0
