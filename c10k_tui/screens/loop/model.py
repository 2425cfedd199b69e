"""A script that is watched: its pace, its steps, and what it was caught at. No Textual here.

What there is to see of an event loop are its turns, so the pace is so many turns a second. A turn's time
is shared out over its moments: the wait and the timers have fixed parts, the callbacks share the rest.
Virtual time runs beside it as it comes: a callback takes a microsecond, a wait an hour, and both take the
screen the same; so a sleep is skipped over, and the screen says how long it was.

The script runs while this waits for it, for :data:`BUDGET_S` of each frame at most. One that blocks for
real does not come back: then each frame looks once whether it has, and at which line it stands.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.scripts.kernel_feed import FeedRow, KernelFeed
from sim.scripts.loop_frame import LoopFrame, frame_of, held_up
from sim.scripts.script import Script, StopPoint
from sim.scripts.script_error import ScriptError
from sim.scripts.script_output import KEPT_LINES
from sim.stacks.place import Place

SPEEDS: tuple[float | None, ...] = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100, 300, 1_000, None)
"""Turns a second; None is as fast as it goes."""
DEFAULT_SPEED = 1.0
BUDGET_S = 0.009
"""What a frame may spend on the script: about a quarter of the 33 ms between frames."""
LONGEST_GAP_S = 0.1
"""What is made up for after a stall; the rest is let go."""
MOST_MOMENTS = 20_000
"""Moments of one frame at most, whatever the clock says."""
PATIENCE_S = 0.15
"""How long a frame waits for a script that does not come back, once."""
TOLD_AFTER_S = 1.0
"""After this it is said to block."""
SHARES: dict[str, float] = {"wait": 0.35, "timers": 0.15, "callback": 0.5}
"""Parts of a turn's time; the last is for all its callbacks together."""
HELD_UP_SHARE = 0.8
"""Of a turn's time beyond its end, where a callback has held up the loop: one should see it."""
NOTICE_S = 2.5
_STOPS = frozenset(("wait", "timers", "callback"))
"""Moments at which a step stops: the first callback is where ``callbacks`` is, and a turn's end where
the next one begins."""


class Watching:
    """A script and the pace at which it is shown.

    Args:
        script: not begun.
        clock: seconds on a clock that never goes back.
        speed: turns a second; None for as fast as it goes.
        paused: whether to start standing still.
    """

    def __init__(
        self,
        script: Script,
        clock: Callable[[], float],
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
    ) -> None:
        self.script = script
        self.feed = KernelFeed(script.kernel)
        self.speed = speed
        self.paused = paused
        self.stuck_at: Place | None = None
        """Where the script blocks for real."""
        self.stuck_since_s = 0.0
        """When it was let go on, by the clock."""
        self._clock = clock
        self.patience_s = PATIENCE_S
        """How long a script may keep its turn before the screen goes on without it."""
        self._last_s: float | None = None
        self._due_s = 0.0
        """Seconds until the moment that is shown has had its time."""
        self._notice = ""
        self._notice_until_s = 0.0
        self._frame: LoopFrame | None = None
        self._feed_rows: list[FeedRow] = []
        self._printed: list[str] = []

    # -- what is shown --------------------------------------------------------------------

    @property
    def is_stuck(self) -> bool:
        """Whether the script blocks for real, now."""
        return self.script.is_stuck

    @property
    def has_loop(self) -> bool:
        """Whether it has made an event loop, which it could hold up."""
        return self.script.record is not None

    @property
    def blocks_for_s(self) -> float | None:
        """For how long it has, once that is long enough to be told; a turn of thousands takes its time."""
        spent_s = self._clock() - self.stuck_since_s
        return spent_s if self.is_stuck and spent_s >= TOLD_AFTER_S else None

    def frame(self, first: int = 0, count: int = 0, chosen: int | None = None) -> LoopFrame:
        """The script as it stands (:func:`~sim.scripts.loop_frame.frame_of`); while it blocks, as it stood
        before.
        """
        if self._frame is None or not self.is_stuck:
            self._frame = frame_of(self.script, first, count, chosen)
        return self._frame

    def feed_rows(self, count: int) -> list[FeedRow]:
        """The newest rows of the kernel's feed, the newest last."""
        if not self.is_stuck:
            self._feed_rows = list(self.feed.rows)
        return self._feed_rows[-count:] if count > 0 else []

    def printed(self, count: int) -> list[str]:
        """The newest lines that the script has printed, the newest last."""
        if not self.is_stuck and self.script.output is not None:
            self._printed = self.script.output.newest(KEPT_LINES)
        return self._printed[-count:] if count > 0 else []

    @property
    def notice(self) -> str:
        """What the last key did, for a short while."""
        return self._notice if self._clock() < self._notice_until_s else ""

    def say(self, words: str) -> None:
        """Show a notice."""
        self._notice = words
        self._notice_until_s = self._clock() + NOTICE_S

    # -- going on -------------------------------------------------------------------------

    def tick(self) -> bool:
        """Let the script go on for the time that has passed since the last tick.

        Returns:
            Whether it did.
        """
        now_s = self._clock()
        last_s, self._last_s = self._last_s, now_s
        if self.is_stuck:
            return self._go(lambda moment: True, patience_s=0.0)
        if self.paused or self.script.over or last_s is None:
            return False
        self._due_s -= min(max(0.0, now_s - last_s), LONGEST_GAP_S)
        if self._due_s > 0:
            return False
        return self._go(self._pays_for_moments(now_s + BUDGET_S))

    def _pays_for_moments(self, until_s: float) -> Callable[[StopPoint], bool]:
        """Lets pass what the time that has passed is enough for; asked in the script's thread."""
        left = MOST_MOMENTS

        def enough(moment: StopPoint) -> bool:
            nonlocal left
            left -= 1
            self._due_s += self._share_s(moment)
            if self._due_s > 0 or left <= 0:
                return True
            if self._clock() >= until_s:
                self._due_s = 0.0  # it cannot keep up: what is missing is let go
                return True
            return False

        return enough

    def _share_s(self, moment: StopPoint) -> float:
        """How long a moment is shown."""
        if self.speed is None:
            return 0.0
        share = SHARES.get(moment, 0.0)
        if moment == "over" and self._held_up():
            share = HELD_UP_SHARE
        if moment == "callback":
            share /= max(1, self.script.turn_size)
        return share / self.speed

    def _held_up(self) -> bool:
        """Whether a callback of the turn that is over has held up the loop."""
        record = self.script.record
        return record is not None and held_up(record.culprits, self.script.loop.turns) is not None

    def _go(self, stop_at: Callable[[StopPoint], bool], patience_s: float | None = None) -> bool:
        was_stuck = self.is_stuck
        if not was_stuck:
            self.stuck_since_s = self._clock()

        def looks_and_stops(moment: StopPoint) -> bool:
            self.feed.look()
            return stop_at(moment)

        try:
            self.script.run_until(looks_and_stops, self.patience_s if patience_s is None else patience_s)
        except ScriptError:
            self.stuck_at = self.script.where()
            return not was_stuck
        self.stuck_at = None
        if self.script.over:
            self.feed.look()
        return True

    # -- keys -----------------------------------------------------------------------------

    def toggle(self) -> None:
        """Pause, or go on."""
        self.paused = not self.paused
        self._due_s = 0.0
        self._last_s = None

    def step(self) -> None:
        """To the next part of the turn: the wait, the timers, one callback, or who held up the loop."""
        self._step(lambda moment: moment in _STOPS or (moment == "over" and self._held_up()))

    def step_turn(self) -> None:
        """To the beginning of the next turn."""
        self._step(lambda moment: moment == "wait")

    def _step(self, stop_at: Callable[[StopPoint], bool]) -> None:
        self.paused = True
        if self.script.over:
            self.say("the script is over")
        elif self.is_stuck:
            self._go(stop_at, patience_s=0.0)
            if self.is_stuck:
                self.say("the script blocks for real: it cannot be stepped")
        else:
            self._go(stop_at)

    def change_speed(self, steps: int) -> None:
        """Climb the ladder of speeds, or down it if negative."""
        rungs = [float("inf") if rung is None else rung for rung in SPEEDS]
        now = float("inf") if self.speed is None else self.speed
        if steps > 0:
            value = next((rung for rung in rungs if rung > now), rungs[-1])
        else:
            value = next((rung for rung in reversed(rungs) if rung < now), rungs[0])
        self.speed = None if value == float("inf") else value
        self._due_s = min(self._due_s, self._share_s(self.script.moment))
