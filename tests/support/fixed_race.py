"""A race at one fixed moment, made by hand, so that the pictures of the screen do not depend on the
kernel.
"""

from __future__ import annotations

from sim.frames.frame import FdView, Frame
from sim.frames.mechanism import EpollView, SetView
from sim.machine.costs import BUILT_IN
from sim.machine.records import Effect
from sim.race.history import BranchMoment, BranchView, Marker, SettingsChange
from sim.scenario.scenario import Scenario
from sim.scenario.workload import Workload
from tests.support.lane_frames import FIRST_FD, call, counters, lane, mask_of, packet, scan

NOW_NS = 3_090_000
READY = (555, 3_531, 8_700)


class StillRace:
    """A race of 10,000 descriptors; its select has made a third of a scan."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.now_ns = NOW_NS
        self.scan_ns = 340_000
        self.costs = BUILT_IN
        self.workload = Workload(scenario)
        self.log = ((0, scenario),)

    def advance(self, until_ns: int) -> None:
        raise AssertionError("it stands still")

    def change(self, scenario: Scenario) -> None:
        raise AssertionError("it stands still")

    def next_event_ns(self) -> int | None:
        return None

    def step_event(self) -> None:
        raise AssertionError("it stands still")

    def step_syscall(self) -> None:
        raise AssertionError("it stands still")

    def inspect(self, lane_name: str, first_fd: int, last_fd: int) -> FdView:
        checked_ns = NOW_NS - 12_000 if lane_name == "select" else None
        return FdView(first_fd, last_fd, last_fd - first_fd + 1, 0, 0, "idle", checked_ns, None)

    past: tuple[tuple[int, Scenario], ...] = ()
    end_ns = NOW_NS
    branch = 0

    def seek(self, at_ns: int) -> None:
        """It stands still."""

    def go_to(self, moment: BranchMoment) -> None:
        """It stands still."""

    def forget_elsewhere(self) -> None:
        """Do nothing: there are no other branches."""

    def step_back_event(self) -> None:
        """It stands still."""

    def step_back_syscall(self) -> None:
        """It stands still."""

    def step_to_fd(self, fd: int) -> bool:
        return False

    def step_back_to_fd(self, fd: int) -> bool:
        return False

    def settings_at(self, at_ns: int) -> SettingsChange:
        return SettingsChange(0, self.scenario, 0, self.workload)

    def lane_copy(self, lane: str, at_ns: int, heard: object) -> None:
        """There is no lane to copy."""

    def branches(self) -> tuple[BranchView, ...]:
        return (BranchView(0, None, 0, NOW_NS, ()),)

    def markers(self) -> tuple[Marker, ...]:
        return ()

    def next_marker(self) -> Marker | None:
        return None

    def previous_marker(self) -> Marker | None:
        return None

    def frame(self) -> Frame:
        fds = self.scenario.fds
        select = lane(
            "select",
            fds,
            activity="scanning",
            poll_mask=mask_of(fds, READY),
            passes=(
                scan(NOW_NS - 500_000, NOW_NS - 150_000, fds),
                scan(NOW_NS - 120_000, None, fds, position=3_300),
            ),
            call=call(asked=fds, scanned=2 * fds, ready=3, passes=2, slept=True, cost_ns=1_380_000),
            mechanism=SetView("fd_set", fds, 1_256, 1_256, True),
            records=[
                packet(NOW_NS - 300_000, FIRST_FD + 555, Effect.WOKE_SCAN, 0),
                packet(NOW_NS - 300_000, FIRST_FD + 3_531, Effect.NOBODY, 1),
                packet(NOW_NS - 20_000, FIRST_FD + 555, Effect.SCAN_BEHIND, 2),
                packet(NOW_NS - 20_000, FIRST_FD + 8_700, Effect.SCAN_AHEAD, 3),
            ],
            counters=counters(
                wakeups=6,
                syscalls=30,
                scanned=63_200,
                wasted=63_180,
                ready=20,
                requests=43,
                dropped=2,
                copied_in_bytes=11_500,
                copied_out_bytes=10_300,
                latency_p50_ns=297_000,
                latency_p99_ns=782_000,
                cost_ns={"scan": 2_100_000, "wait_queue": 800_000, "interrupt": 60_000, "idle": 130_000},
            ),
        )
        epoll = lane(
            "epoll",
            fds,
            call=call(asked=fds, scanned=6, ready=3, cost_ns=4_300),
            mechanism=EpollView(fds, 2, (FIRST_FD + 555, FIRST_FD + 8_700), 0, 1),
            records=[
                packet(NOW_NS - 300_000, FIRST_FD + 555, Effect.READY_LIST | Effect.WOKE_EPOLL, 0),
                packet(NOW_NS - 300_000, FIRST_FD + 3_531, Effect.READY_LIST, 1),
                packet(NOW_NS - 20_000, FIRST_FD + 555, Effect.READY_LIST | Effect.WOKE_EPOLL, 2),
                packet(NOW_NS - 20_000, FIRST_FD + 8_700, Effect.READY_LIST, 3),
            ],
            counters=counters(
                wakeups=14,
                syscalls=95,
                scanned=79,
                wasted=39,
                ready=40,
                requests=48,
                copied_in_bytes=3_070,
                copied_out_bytes=3_550,
                latency_p50_ns=12_500,
                latency_p99_ns=21_400,
                cost_ns={"syscall": 60_000, "socket_io": 150_000, "interrupt": 60_000, "idle": 2_820_000},
            ),
        )
        return Frame(now_ns=NOW_NS, since_ns=0, scenario=self.scenario, lanes=(select, epoll))
