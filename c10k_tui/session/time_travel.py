"""Jumps in the time of a session: seeks, steps, markers and branches.

A race in the past shows the same as it did then. When it plays on from there, the same events happen again,
changes of settings included. A change in the past begins a branch. The old branch stays, and the session can
return to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from c10k_tui.session.pacer import Pacer
from c10k_tui.session.race_protocol import RaceProtocol
from c10k_tui.session.time_line import branch_name, time_view
from c10k_tui.text.messages import _
from sim.race.history import BranchMoment

SCRUBS = 50
"""Key presses from one end of the time line to the other."""


class TravellingSession(Protocol):
    """The members of a session that time travel needs."""

    paused: bool
    race: RaceProtocol
    pacer: Pacer

    def say(self, words: str) -> None:
        """Show a notice for a short while."""

    def follow_settings(self) -> None:
        """Take over the settings of the race's new time, if they differ."""


class TimeTravel:
    """The jumps of one session in time.

    Args:
        session: The session that travels. Its race and its pacer may be replaced at any time.
    """

    def __init__(self, session: TravellingSession) -> None:
        self._session = session
        self.jumps = 0
        """Number of jumps so far. A frame after a jump does not follow from the frame before it."""
        self.forks = 0
        """Number of branches that a change in the past began, in all races of the session."""
        self.following: int | None = None
        """Steps stop only at events of this descriptor; None: at every event."""
        self.no_server_runs = False
        """True if the server of every lane of the last frame has failed."""
        self._left_ns: dict[int, int] = {}
        """Virtual time at which each branch was left, by its number."""

    @property
    def in_past(self) -> bool:
        """True if the race stands before the end of its branch."""
        return self._session.race.now_ns < self._session.race.end_ns

    # -- jumps ------------------------------------------------------------------------------

    def seek(self, at_ns: int) -> None:
        """Go to a time of the current branch, clamped to its start and its end."""
        race = self._session.race
        race.seek(min(max(0, at_ns), race.end_ns))
        self._jumped()

    def stop(self) -> None:
        """Pause the race."""
        self._session.paused = True
        self._session.pacer.halt()

    def pause_at(self, at_ns: int) -> None:
        """Pause, and go to a time of the current branch."""
        self._session.paused = True
        self.seek(at_ns)

    def scrub(self, direction: int) -> None:
        """Pause, and go forward (1) or back (-1) by ``1 / SCRUBS`` of the time line."""
        race = self._session.race
        if direction > 0 and not self.in_past:
            self._session.say(_("this is the present: space goes on"))
        elif direction < 0 and not race.now_ns:
            self._stay_at_start()
        else:
            self.pause_at(race.now_ns + direction * max(1, race.end_ns // SCRUBS))

    def go_to_start(self) -> None:
        """Pause, and go to the start of the race. The time line keeps all later events."""
        self.pause_at(0)
        self._session.say(_("the start"))

    def go_to_present(self) -> None:
        """Go to the end of the current branch."""
        if self.in_past:
            self.seek(self._session.race.end_ns)
        self._session.say(_("the present"))

    def go_to_marker(self, direction: int) -> None:
        """Pause, and go to the next marker (1) or the previous one (-1)."""
        race = self._session.race
        marker = race.next_marker() if direction > 0 else race.previous_marker()
        if marker is None:
            self._session.say(_("no marker ahead") if direction > 0 else _("no marker before"))
            return
        self.pause_at(marker.at_ns)
        self._session.say(" · ".join(mark.words for mark in time_view(race).at(marker.at_ns)))

    def _stay_at_start(self) -> None:
        self._session.paused = True
        self._session.say(_("this is the start"))

    def _jumped(self) -> None:
        self.jumps += 1
        self._session.pacer.halt()
        self._session.follow_settings()

    # -- branches ---------------------------------------------------------------------------

    def note_branch(self, left: int, left_ns: int) -> None:
        """Note that a change in the past has begun a branch.

        Args:
            left: Number of the branch that was left.
            left_ns: Virtual time of the change.
        """
        self._left_ns[left] = left_ns
        self.forks += 1

    def forget_branches(self) -> None:
        """Forget the times at which branches were left: another race has begun, or the branches are gone."""
        self._left_ns.clear()

    def go_to_branch(self, number: int) -> None:
        """Switch to another branch, at the time at which it was left.

        Raises:
            ValueError: there is no such branch.
        """
        race = self._session.race
        ends_ns = {branch.number: branch.end_ns for branch in race.branches()}
        at_ns = self._left_ns.get(number, ends_ns.get(number, 0))
        left, left_ns = race.branch, race.now_ns
        race.go_to(BranchMoment(number, at_ns))
        self._left_ns[left] = left_ns
        self._jumped()
        self._session.say(branch_name(number))

    def go_to_next_branch(self) -> None:
        """Switch to the branch that began after this one, or from the last branch to the first."""
        race = self._session.race
        count = len(race.branches())
        if count == 1:
            self._session.say(_("no other branch: a change in the past begins one"))
        else:
            self.go_to_branch((race.branch + 1) % count)

    # -- single steps -----------------------------------------------------------------------

    def step_back_event(self) -> None:
        """Pause, and go back to the previous event (of the followed descriptor, if there is one)."""
        back = self._session.race.step_back_event
        self._step_back(back if self.following is None else self._step_back_to_followed)

    def _step_back_to_followed(self) -> None:
        assert self.following is not None
        if not self._session.race.step_back_to_fd(self.following):
            self._session.say(_("nothing of fd {following} shortly before", following=self.following))

    def step_back_syscall(self) -> None:
        """Pause, and go back to the previous entry or exit of a system call."""
        self._step_back(self._session.race.step_back_syscall)

    def _step_back(self, step: Callable[[], None]) -> None:
        if not self._session.race.now_ns:
            self._stay_at_start()
            return
        self._session.paused = True
        step()
        self._jumped()

    def step_event(self) -> None:
        """Pause, and go to the next event (of the followed descriptor, if there is one)."""
        self._session.paused = True
        if self.following is None:
            self._session.race.step_event()
        elif not self._session.race.step_to_fd(self.following):
            self._session.say(
                _("nothing of fd {following} in the next 10,000 events", following=self.following)
            )
        self._say_if_over()

    def step_syscall(self) -> None:
        """Pause, and go to the next entry or exit of a system call, if a server is left to make one."""
        self._session.paused = True
        if self.no_server_runs:
            self._session.say(_("no server is left to make a call"))
            return
        self._session.race.step_syscall()
        self._say_if_over()

    def _say_if_over(self) -> None:
        """Show a notice if no event is left. Without it, the key would seem to have no effect."""
        self._session.follow_settings()
        if self._session.race.next_event_ns() is None:
            self._session.say(_("nothing more will happen"))
