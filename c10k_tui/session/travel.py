"""Back and forth in the time of a session: seeks, steps, markers and branches.

What the race shows in the past is what it showed then. Letting it run plays what happened, changes
included; changing something begins a branch, and the branch left stays to be gone back to.
"""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.screens.race.views.timeline import branch_name, time_view
from c10k_tui.session.pacer import Pacer
from c10k_tui.session.race_protocol import RaceProtocol
from sim.race.history import Moment

SCRUBS = 50
"""Presses of a key from one end of the time line to the other."""


class TimeTravel:
    """The part of a session that goes through time.

    Attributes:
        race: The race that is on.
        pacer: How fast it is shown.
        paused: Whether it stands still.
        jumps: How many jumps in time: a new number means that what was shown before does not lead up to now.
    """

    race: RaceProtocol
    pacer: Pacer

    def __init__(self, *, paused: bool) -> None:
        self.paused = paused
        self.jumps = 0
        self.following: int | None = None
        """The descriptor at whose events alone the steps stop; None: at everything."""
        self._left_ns: dict[int, int] = {}
        """Where each branch was when another one came on."""
        self.forks = 0
        """How many branches have begun with a change in the past, races before this one included."""
        self._all_failed = False
        """Whether no lane of the last frame had a server that runs."""

    def say(self, words: str) -> None:
        """Show these words for a short while."""
        raise NotImplementedError

    def _follow(self) -> None:
        """The race may have come, by itself or by a jump, to where other settings hold."""
        raise NotImplementedError

    @property
    def in_past(self) -> bool:
        """Whether what comes next has happened already."""
        return self.race.now_ns < self.race.end_ns

    def seek(self, at_ns: int) -> None:
        """Go to a moment of the branch that is on; not before the start and not beyond its end."""
        self.race.seek(min(max(0, at_ns), self.race.end_ns))
        self._jumped()

    def stop(self) -> None:
        """Stand still."""
        self.paused = True
        self.pacer.halt()

    def stand_at(self, at_ns: int) -> None:
        """Stand still at a moment of the branch that is on."""
        self.paused = True
        self.seek(at_ns)

    def scrub(self, direction: int) -> None:
        """Stand still a part of the time line later, or earlier."""
        race = self.race
        if direction > 0 and not self.in_past:
            self.say("this is the present: space goes on")
        elif direction < 0 and not race.now_ns:
            self._stay_at_start()
        else:
            self.stand_at(race.now_ns + direction * max(1, race.end_ns // SCRUBS))

    def go_to_start(self) -> None:
        """Stand still where the race began; nothing of it is lost."""
        self.stand_at(0)
        self.say("the start")

    def go_to_present(self) -> None:
        """Go to where the branch that is on ends."""
        if self.in_past:
            self.seek(self.race.end_ns)
        self.say("the present")

    def _stay_at_start(self) -> None:
        self.paused = True
        self.say("this is the start")

    def _jumped(self) -> None:
        self.jumps += 1
        self.pacer.halt()
        self._follow()

    def step_back_event(self) -> None:
        """Stand still, then go back to the last thing that happened (to the descriptor that is followed)."""
        self._step_back(self.race.step_back_event if self.following is None else self._step_back_to_followed)

    def _step_back_to_followed(self) -> None:
        assert self.following is not None
        if not self.race.step_back_to_fd(self.following):
            self.say(f"nothing of fd {self.following} shortly before")

    def step_back_syscall(self) -> None:
        """Stand still, then go back to the last entry or exit of a system call."""
        self._step_back(self.race.step_back_syscall)

    def _step_back(self, step: Callable[[], None]) -> None:
        if not self.race.now_ns:
            self._stay_at_start()
            return
        self.paused = True
        step()
        self._jumped()

    def go_to_marker(self, direction: int) -> None:
        """Stand still at the next marker, or the one before."""
        marker = self.race.next_marker() if direction > 0 else self.race.previous_marker()
        if marker is None:
            self.say("no marker ahead" if direction > 0 else "no marker before")
            return
        self.stand_at(marker.at_ns)
        self.say(" · ".join(mark.words for mark in time_view(self.race).at(marker.at_ns)))

    def go_to_branch(self, number: int) -> None:
        """Let another branch be on, at the moment at which it was left.

        Raises:
            ValueError: there is no such branch.
        """
        race = self.race
        ends_ns = {branch.number: branch.end_ns for branch in race.branches()}
        at_ns = self._left_ns.get(number, ends_ns.get(number, 0))
        left, left_ns = race.branch, race.now_ns
        race.go_to(Moment(number, at_ns))
        self._left_ns[left] = left_ns
        self._jumped()
        self.say(branch_name(number))

    def go_to_next_branch(self) -> None:
        """Let the branch be on that began after this one, or the first, where it was left."""
        count = len(self.race.branches())
        if count == 1:
            self.say("no other branch: a change in the past begins one")
        else:
            self.go_to_branch((self.race.branch + 1) % count)

    # -- one thing at a time --------------------------------------------------------------

    def step_event(self) -> None:
        """Stand still, then go to the next thing that happens (to the descriptor that is followed)."""
        self.paused = True
        if self.following is None:
            self.race.step_event()
        elif not self.race.step_to_fd(self.following):
            self.say(f"nothing of fd {self.following} in the next 10,000 events")
        self._say_if_over()

    def step_syscall(self) -> None:
        """Stand still, then go to the next entry or exit of a system call, if one can come."""
        self.paused = True
        if self._all_failed:
            self.say("no server is left to make a call")
            return
        self.race.step_syscall()
        self._say_if_over()

    def _say_if_over(self) -> None:
        """After a step: silence for ever is not a key that does not work."""
        self._follow()
        if self.race.next_event_ns() is None:
            self.say("nothing more will happen")
