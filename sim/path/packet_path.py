"""Follow one packet, step by step, from the wire to the line after ``await``, and beside it to select.

The steps are observed, not written down in advance. Separate kernels take the packet once more, and the steps
are recorded while they take it:

1. In the kernel (:mod:`sim.path.lane_watch`, :mod:`sim.path.kernel_steps`): the race's own lanes ``epoll``
   and ``select``, brought to just before the packet. So the packet finds the same state as in the race: a
   server that sleeps, that works, or that is in the middle of a scan that has already passed the descriptor.
   A new lane is started a while before the packet if the race has no such lane, if its lane is too far from a
   checkpoint, or if the race shows a classic mistake. A new lane makes no mistake, and the path says that the
   lane is new.
2. In asyncio (:mod:`sim.path.asyncio_steps`): asyncio itself, on a separate kernel that watches the same
   descriptors and receives the same packets. Its steps follow those of the kernel, after epoll_wait returns.

The two parts run on two kernels. Their costs are added: those of the first up to epoll_wait's return, and
those of the second from there on. The program of select is the race's, in the style of C. It has no loop
above it, and its path ends with the read. A hang-up or a handshake carries no data and has no such path.

Why not keep the steps during the race? Nobody knows in advance which packet will be followed, and noting
every packet would slow the race down. The race is deterministic, so taking the packet again gives the same
result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from sim.path.asyncio_steps import follow_loop
from sim.path.kernel_steps import Reported, epoll_path, select_path
from sim.path.lane_watch import LaneWatch
from sim.path.path_values import STAGE_PAIRS, AsyncioProgram, FollowedPacket, LanePath, PathStep
from sim.race.lane import Lane
from sim.scenario.workload import mean_gap_ns

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.machine.costs import CostTable
    from sim.machine.records import Record
    from sim.race.history import SettingsChange
    from sim.scenario.scenario import Scenario

LEAD_GAPS = 40
"""Bursts before the packet in a lane that is started only to follow it."""
_MOST_LEAD_PACKETS = 2_000
_WINDOWS_AHEAD = 64
"""Windows of the schedule that are searched for a future packet."""


class RaceToFollow(Protocol):
    """The part of a race that following a packet needs; :class:`sim.race.race.Race` has it."""

    @property
    def costs(self) -> CostTable: ...
    def settings_at(self, at_ns: int) -> SettingsChange: ...
    def lane_copy(self, lane: str, at_ns: int, heard: Callable[[Record], object], /) -> Lane | None: ...


@dataclass(frozen=True, slots=True)
class PacketPath:
    """The paths of one packet in both lanes."""

    packet: FollowedPacket
    scenario: Scenario
    """Scenario that was raced when the packet arrived."""
    size_bytes: int
    costs: CostTable
    epoll: LanePath
    """Steps in the kernel, followed by asyncio's if the packet came that far."""
    select: LanePath
    program: AsyncioProgram | None
    """The asyncio program; None if the packet did not come that far."""

    @property
    def step_pairs(self) -> tuple[tuple[PathStep | None, PathStep | None], ...]:
        """Steps side by side, epoll's and select's, up to the last one that either has."""
        pairs = [(self.epoll.step(one), self.select.step(other)) for one, other in STAGE_PAIRS]
        while pairs and pairs[-1] == (None, None):
            pairs.pop()
        return tuple(pairs)


def follow(race: RaceToFollow, packet: FollowedPacket) -> PacketPath:
    """Follow a packet that carries data.

    Raises:
        ValueError: The race's schedule has no such packet, or it carries no data.
    """
    settings = race.settings_at(packet.at_ns - 1)
    _check(settings, packet)
    epoll, reported = _in_epoll(race, settings, packet)
    select = _in_select(race, settings, packet)
    program = None
    if reported:
        numbers = [fd for fd, _ in reported]
        fds = settings.scenario.fds
        loop_steps, program = follow_loop(race.costs, fds, numbers, epoll.fd, settings.workload.payload)
        epoll = replace(epoll, steps=(*epoll.steps, *_shifted(epoll.total_ns, loop_steps)))
    return PacketPath(
        packet=packet,
        scenario=settings.scenario,
        size_bytes=len(settings.workload.payload),
        costs=race.costs,
        epoll=epoll,
        select=select,
        program=program,
    )


def next_packet(settings: SettingsChange, after_ns: int, slots: range | None = None) -> FollowedPacket | None:
    """Find the first packet with data after a moment.

    Args:
        settings: The schedule.
        after_ns: Virtual time after which to search.
        slots: Clients to consider; None for any.

    Returns:
        None if no packet comes within the next windows of the schedule.
    """
    workload = settings.workload
    if workload.silent:
        return None
    number = max(0, (after_ns - workload.start_ns) // workload.window_ns)
    for window in map(workload.window, range(number, number + _WINDOWS_AHEAD)):
        for index, slot in enumerate(window.slots):
            at_ns = window.times_ns[index]
            if at_ns > after_ns and slot >= 0 and (slots is None or slot in slots):
                return FollowedPacket(at_ns, window.first_serial + index)
    return None


def _check(settings: SettingsChange, packet: FollowedPacket) -> None:
    workload = settings.workload
    if not workload.silent:
        window = workload.window((packet.at_ns - workload.start_ns) // workload.window_ns)
        index = packet.serial - window.first_serial
        if 0 <= index < len(window.slots) and window.times_ns[index] == packet.at_ns:
            if window.slots[index] >= 0:
                return
            raise ValueError("a handshake carries no data: its way ends in the accept queue")
    raise ValueError(f"no packet {packet.serial} arrives at {packet.at_ns} ns")


def _shifted(begin_ns: int, steps: tuple[PathStep, ...]) -> list[PathStep]:
    """The same steps, ``begin_ns`` later."""
    return [replace(s, begin_ns=s.begin_ns + begin_ns, end_ns=s.end_ns + begin_ns) for s in steps]


def _in_epoll(
    race: RaceToFollow, settings: SettingsChange, packet: FollowedPacket
) -> tuple[LanePath, Reported]:
    watch = LaneWatch(packet)
    lane, started_ns = _lane_before(race, settings, "epoll", watch)
    if lane.failure is not None:
        return _failed(lane), ()
    side, reported = epoll_path(watch, lane)
    return replace(side, started_ns=started_ns), reported


def _in_select(race: RaceToFollow, settings: SettingsChange, packet: FollowedPacket) -> LanePath:
    watch = LaneWatch(packet)
    lane, started_ns = _lane_before(race, settings, "select", watch)
    if lane.failure is not None:
        return _failed(lane)
    return replace(select_path(watch, lane), started_ns=started_ns)


def _failed(lane: Lane) -> LanePath:
    return LanePath(name=lane.name, fd=-1, steps=(), failure=lane.failure)


def _lane_before(
    race: RaceToFollow, settings: SettingsChange, name: str, watch: LaneWatch
) -> tuple[Lane, int | None]:
    """A lane that stands just before the packet.

    Returns:
        The lane, and the time in ns that it ran before the packet if it was started only for this; else None.
    """
    at_ns = watch.packet.at_ns
    lane = None
    if not settings.scenario.fault:
        lane = race.lane_copy(name, at_ns - 1, watch.hear)
    if lane is not None:
        return lane, None
    scenario = replace(settings.scenario, lanes=(name,), fault="")
    start_ns = max(settings.at_ns, at_ns - _lead_ns(scenario, race.costs))
    lane = Lane(name, scenario, race.costs, settings.workload, start_ns)
    lane.listen(watch.hear)
    lane.run_until(at_ns - 1)
    return lane, at_ns - start_ns


def _lead_ns(scenario: Scenario, costs: CostTable) -> int:
    """Time in ns that a new lane runs before the packet: some calls of select, and some bursts."""
    pass_ns = scenario.fds * (costs.each_ps(costs.scan_ps, scenario.fds) + costs.hook_ps) // 1000
    gap_ns = mean_gap_ns(scenario)
    most_ns = gap_ns * max(1, _MOST_LEAD_PACKETS // scenario.burst_count)
    return min(2 * pass_ns + LEAD_GAPS * gap_ns, most_ns)
