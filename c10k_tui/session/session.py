"""A session: one race, its pace, and every change that the keys can make.

This module does not import Textual. A session is the race screen without a terminal, so tests check the
effect of each key as a value. A change of a setting takes effect in the running race, which keeps its time
and its counters. A reset, another seed and a preset make a new race.

The session's jumps in time are in :mod:`c10k_tui.session.time_travel`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from c10k_tui.session.ladders import ACTIVE_LADDER, RATES, next_rung
from c10k_tui.session.pacer import DEFAULT_SPEED, Pacer, faster
from c10k_tui.session.race_protocol import RaceProtocol
from c10k_tui.session.shown_fault import fault_shown, fault_to_cure
from c10k_tui.session.time_line import branch_name
from c10k_tui.session.time_travel import TimeTravel
from c10k_tui.text.lanes import why_not_lanes
from c10k_tui.text.messages import _
from c10k_tui.text.pace_words import scan_words, slow_motion_words
from sim.frames.frame import Frame
from sim.scenario.fault_presets import ALL_PRESETS
from sim.scenario.faults import CURED, FD_SETSIZE
from sim.scenario.lanes import LANES
from sim.scenario.scenario import (
    LADDER,
    PRESETS,
    Active,
    Scenario,
    ScenarioError,
    Share,
)
from sim.scenario.units import format_count

NOTICE_S = 2.5
"""Wall seconds that a notice stays."""
SEEDS = 2**63


class Session:
    """A race and the pace at which it is shown.

    Args:
        scenario: The first race.
        make_race: Makes a race of a scenario.
        clock: Seconds on a clock that never goes back.
        speed: See :mod:`c10k_tui.session.pacer`; None for as fast as possible.
        paused: True to start paused.
    """

    def __init__(
        self,
        scenario: Scenario,
        make_race: Callable[[Scenario], RaceProtocol],
        clock: Callable[[], float],
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
    ) -> None:
        self.paused = paused
        self.travel = TimeTravel(self)
        self._make_race = make_race
        self._clock = clock
        self.race = make_race(scenario)
        self.pacer = Pacer(clock, speed)
        self.races = 1
        """Number of races so far. When it changes, everything known about the earlier race is void."""
        self.changes = 0
        """Number of changes of a setting so far. When it changes, servers may have been rebuilt."""
        self.own_costs_problem: str | None = None
        """Reason for which the user's cost table is not used, in one line; None if it is used or missing."""
        self._notice = ""
        self._notice_until_s = 0.0
        self.began_with = scenario
        """The scenario with which the current race began."""
        self.pace_is_steady = True
        """False to set the pace anew for each number of descriptors, as an earlier version did."""
        self._base_ns: tuple[int, int | None] = (1, None)
        """Virtual time of a scan, and of the gap between two bursts, when the current race began."""
        self._set_pace()

    @property
    def scenario(self) -> Scenario:
        """The current scenario."""
        return self.race.scenario

    @property
    def notice(self) -> str:
        """Words for the effect of the last key; empty when the notice has expired."""
        return self._notice if self._clock() < self._notice_until_s else ""

    def say(self, words: str, seconds: float = NOTICE_S) -> None:
        """Show a notice for a while."""
        self._notice = words
        self._notice_until_s = self._clock() + seconds

    def tick(self) -> bool:
        """Advance the race by the time that has passed. Returns True if its time has changed."""
        if self.paused:
            self.pacer.halt()
            return False
        step_ns = self.pacer.next_step_ns()
        if step_ns <= 0:
            return False
        before_s = self._clock()
        self.race.advance(self.race.now_ns + step_ns)
        self.pacer.learn(step_ns, self._clock() - before_s)
        self.follow_settings()
        return True

    def frame(self) -> Frame:
        """The race now. It has the records since the last frame."""
        frame = self.race.frame()
        self.travel.no_server_runs = all(lane.failure is not None for lane in frame.lanes)
        return frame

    @property
    def past(self) -> tuple[tuple[int, Scenario], ...]:
        """Virtual time and new scenario of each change that led to the current time, in order."""
        return self.race.past

    def use_pacer(self, pacer: Pacer) -> None:
        """Continue with another pacer. The notice is dropped, because the new pacer may have another
        clock.
        """
        self.pacer = pacer
        self._notice = ""
        pacer.set_base(*self._base_ns)
        self._meet_scenario()

    def repeat_changes(self, changes: Sequence[tuple[int, Scenario]], at_ns: int) -> None:
        """Repeat earlier changes, up to a virtual time.

        Args:
            changes: As :attr:`past` gives them.
            at_ns: Where to stop; not before the last change.
        """
        for time_ns, scenario in changes:
            if time_ns > self.race.now_ns:
                self.race.advance(time_ns)
            self.race.change(scenario)
            self.changes += 1
        if at_ns > self.race.now_ns:
            self.race.advance(at_ns)
        self._meet_scenario()

    def forget_elsewhere(self) -> None:
        """Forget all other branches, and everything after the current time. A recording does not contain
        them.
        """
        self.race.forget_elsewhere()
        self.travel.forget_branches()

    def follow_settings(self) -> None:
        """Take over the settings of the race's current time, if they changed because the race played on or
        jumped.
        """
        if self.scenario != self._shown:
            self.changes += 1
            self._meet_scenario()

    def _set_pace(self) -> None:
        """Set the pace for the race that begins: by the length of its scans and of the gaps between bursts.

        The pace stays when a setting changes. So a scan over ten times the descriptors takes ten times as
        long on the screen too.
        """
        self._set_base()
        self._meet_scenario()

    def _set_base(self) -> None:
        """Set the pace by the current scenario."""
        scenario = self.scenario
        gap_ns = scenario.burst_count * 1_000_000_000 // scenario.rate if scenario.rate else None
        self._base_ns = self.race.scan_ns, gap_ns
        self.pacer.set_base(*self._base_ns)

    def _meet_scenario(self) -> None:
        """Note the scenario of the race's current time. A step in it may cost another wall time."""
        self._shown = self.scenario
        if not self.pace_is_steady:
            self._set_base()
        self.pacer.forget_cost()

    @property
    def scan_s(self) -> float:
        """Wall seconds that a scan over all descriptors takes at this pace."""
        return self.race.scan_ns / self.pacer.rate_ns

    def _change(self, scenario: Scenario, words: str) -> None:
        """Change the settings from the current time on. In the past this begins a branch."""
        branch, at_ns = self.race.branch, self.race.now_ns
        self.race.change(scenario)
        self.changes += 1
        self._meet_scenario()
        if self.race.branch != branch:
            self.travel.note_branch(branch, at_ns)
            words += _(" · {branch_name} begins", branch_name=branch_name(self.race.branch))
        self.say(words)

    def _restart(self, scenario: Scenario, words: str) -> None:
        """Begin another race."""
        self.race = self._make_race(scenario)
        self.began_with = scenario
        self.races += 1
        self.travel.forget_branches()
        self.pacer.halt()
        self._set_pace()
        self.say(words)

    def set_fds(self, fds: int) -> None:
        """Change the number of descriptors.

        Raises:
            ScenarioError: the number is out of range.
        """
        self._change(self.scenario.with_fds(fds), f"{fds:,} fds")

    def climb_fds(self, direction: int) -> None:
        """Go to the next number of descriptors on the ladder, up (1) or down (-1)."""
        rung = next_rung(LADDER, self.scenario.fds, direction)
        if rung is None:
            self.say(
                _(
                    "fds stay between {ladder:,} and {ladder2:,} (n: any number)",
                    ladder=LADDER[0],
                    ladder2=LADDER[-1],
                )
            )
        else:
            self.set_fds(rung)

    def climb_active(self, direction: int) -> None:
        """Make more (1) or fewer (-1) connections active."""
        fds = self.scenario.fds
        rungs: dict[int, Active] = {}
        for rung in ACTIVE_LADDER:
            count = rung.of(fds) if isinstance(rung, Share) else rung
            if count <= fds:
                rungs.setdefault(count, rung)
        rung_count = next_rung(sorted(rungs), self.scenario.active_count, direction)
        if rung_count is None:
            self.say(_("all are active") if direction > 0 else _("one stays active"))
        else:
            self._change(
                replace(self.scenario, active=rungs[rung_count]),
                _("{rung_count:,} active", rung_count=rung_count),
            )

    def climb_rate(self, direction: int) -> None:
        """Raise (1) or lower (-1) the rate of requests."""
        rate = next_rung(RATES, self.scenario.rate, direction)
        if rate is None:
            self.say(_("that is the highest rate") if direction > 0 else _("silence already"))
        else:
            self._change(replace(self.scenario, rate=rate), _("{rate} req/s", rate=format_count(rate)))

    def climb_speed(self, direction: int) -> None:
        """Show the race faster (1) or slower (-1)."""
        speed = faster(self.pacer.speed, direction)
        if speed == self.pacer.speed:
            self.say(
                _("already at full speed")
                if speed is None
                else _("speed {speed:g}: the slowest", speed=speed)
            )
            return
        self.pacer.set_speed(speed)
        if speed is None:
            self.say(_("as fast as possible"))
            return
        what = slow_motion_words(self.pacer.rate_ns)
        if any(LANES[lane].scans for lane in self.scenario.lanes):
            what += f", {scan_words(self.race.scan_ns, self.pacer.rate_ns)}"
        self.say(_("speed {speed:,g}: {what}", speed=speed, what=what))

    def pause(self) -> None:
        """Pause the race, or continue it."""
        self.paused = not self.paused
        self.pacer.halt()

    def reset(self) -> None:
        """Start the same race again."""
        self._restart(self.scenario, _("again from 0, seed {seed}", seed=self.scenario.seed))

    def new_seed(self) -> None:
        """Start a race with the next seed."""
        seed = (self.scenario.seed + 1) % SEEDS
        self._restart(replace(self.scenario, seed=seed), _("seed {seed}", seed=seed))

    def start_race(self, scenario: Scenario, words: str) -> None:
        """Start another race."""
        self._restart(scenario, words)

    def why_not_lanes(self, lanes: Collection[str]) -> str | None:
        """Reason for which these lanes cannot race, in words; None if they can."""
        reason = why_not_lanes(lanes)
        if reason is not None:
            return reason
        try:
            replace(self.scenario, lanes=tuple(lanes))
        except ScenarioError as error:
            return str(error)
        return None

    def set_lanes(self, lanes: Collection[str], words: str) -> None:
        """Race these lanes from now on, in the order of :data:`~sim.scenario.lanes.LANES`. Do nothing if they
        race already.

        Raises:
            ScenarioError: these lanes cannot race.
        """
        ordered = tuple(lane for lane in LANES if lane in lanes)
        if set(lanes) != set(self.scenario.lanes):
            self._change(replace(self.scenario, lanes=ordered), words)

    def toggle_lane(self, name: str) -> None:
        """Add a lane to the race or remove it. If that is impossible, show the reason as a notice."""
        lanes = set(self.scenario.lanes) ^ {name}
        if (reason := self.why_not_lanes(lanes)) is not None:
            self.say(reason)
        else:
            self.set_lanes(lanes, f"{name} {'on' if name in lanes else 'off'}")

    def toggle_fd_setsize(self) -> None:
        """Switch select's limit of 1024 descriptors on or off."""
        limited = not self.scenario.fd_setsize
        words = (
            _("FD_SETSIZE on: select stops at 1024")
            if limited
            else _("FD_SETSIZE off: select takes any number")
        )
        self._change(replace(self.scenario, fd_setsize=limited), words)

    def preset(self, name: str) -> None:
        """Start a preset. The seed, the limit of select and the lanes stay, unless the preset has lanes of
        its own.

        In a race that shows a fault, lanes and limit were chosen for the fault, so they do not stay.
        """
        self._restart(self._preset_scenario(name), f"{name}: {PRESETS[name][0]}")

    def begin_preset(self, name: str) -> None:
        """Start a preset exactly as it is, with or without a fault. Only the seed stays."""
        words, scenario = ALL_PRESETS[name]
        self._restart(replace(scenario, seed=self.scenario.seed), f"{name}: {words}")

    @property
    def fault_shown(self) -> str | None:
        """See :func:`~c10k_tui.session.shown_fault.fault_shown`."""
        return fault_shown(self._states)

    @property
    def _states(self) -> list[Scenario]:
        """The scenarios of this race, from its first to the current one."""
        return [self.began_with, *(scenario for _, scenario in self.race.past)]

    def cure(self) -> None:
        """Remove the fault that this race shows, or make it again."""
        now, fault = self.scenario, fault_to_cure(self._states)
        if fault is None:
            self.say(_("there is no fault here to cure: P lists some"))
        elif fault == FD_SETSIZE:
            self.toggle_fd_setsize()
        elif now.fault:
            self._change(
                replace(now, fault=""),
                _("cured: {cured} · u: {fault} again", cured=CURED[now.fault], fault=now.fault),
            )
        else:
            try:
                scenario = replace(now, fault=fault)
            except ScenarioError as error:
                self.say(str(error))
            else:
                self._change(scenario, _("{fault} is made again · u: cure it", fault=fault))

    def next_preset(self) -> None:
        """Start the preset after the current one, or the first if no preset is running."""
        names = list(PRESETS)
        same = [index for index, name in enumerate(names) if self._preset_scenario(name) == self.scenario]
        self.preset(names[(same[0] + 1) % len(names) if same else 0])

    def _preset_scenario(self, name: str) -> Scenario:
        now, scenario = self.scenario, PRESETS[name][1]
        if self.fault_shown is not None:
            return replace(scenario, seed=now.seed)
        lanes = now.lanes if scenario.lanes == Scenario().lanes else scenario.lanes
        return replace(scenario, lanes=lanes, seed=now.seed, fd_setsize=now.fd_setsize)

    def why_not_fds(self, fds: int) -> str | None:
        """Reason for which this number of descriptors is impossible, in words; None if it is possible."""
        try:
            self.scenario.with_fds(fds)
        except ScenarioError as error:
            return str(error)
        return None
