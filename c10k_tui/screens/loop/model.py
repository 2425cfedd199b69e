"""The state of the loop screen: the watched script, its pace and its steps. No Textual here.

The pace is counted in turns of the event loop per second. The time of a turn is divided among its moments:
the wait and the timers have fixed shares, and the callbacks divide the rest. Virtual time does not affect the
pace: a wait of a microsecond and a wait of an hour stay on the screen equally long. So sleeps are skipped,
and the screen shows how long they were.

In each frame the model waits for the script, for at most :data:`BUDGET_S`. A script that blocks in real time
does not return. Then each frame checks once if it has returned, and reads its current line.
"""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.text.messages import _
from sim.scripts.kernel_feed import FeedRow, KernelFeed
from sim.scripts.loop_frame import LoopFrame, frame_of, held_up
from sim.scripts.script import Script, StopPoint
from sim.scripts.script_error import ScriptError
from sim.scripts.script_output import KEPT_LINES
from sim.stacks.code_place import Place

SPEEDS: tuple[float | None, ...] = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 100, 300, 1_000, None)
"""Turns per second; None for full speed."""
DEFAULT_SPEED = 1.0
BUDGET_S = 0.009
"""Wall time in seconds that the script may take in a frame: about a quarter of the 33 ms between frames."""
LONGEST_GAP_S = 0.1
"""Longest wall time in seconds that is caught up after a stall; the rest is dropped."""
MOST_MOMENTS = 20_000
"""Most moments in one frame, even if time is left."""
PATIENCE_S = 0.15
"""Seconds for which the first frame waits for a script that does not return."""
SHOW_BLOCKED_AFTER_S = 1.0
"""Seconds after which the screen says that the script blocks."""
SHARES: dict[str, float] = {"wait": 0.35, "timers": 0.15, "callback": 0.5}
"""Shares of a turn's time; ``callback`` is for all callbacks together."""
HELD_UP_SHARE = 0.8
"""Extra share after a turn in which a callback held up the loop, so that the user can see it."""
NOTICE_S = 2.5
_STOPS = frozenset(("wait", "timers", "callback"))
"""Moments at which a step stops. ``callbacks`` needs no stop, because the first ``callback`` follows it, and
``over`` needs none, because the next turn's ``wait`` follows.
"""


class LoopModel:
    """A script and the pace at which it is shown.

    Args:
        script: The script, before its first line.
        clock: Returns seconds on a clock that never goes back.
        speed: Turns per second; None for full speed.
        paused: True to start paused.
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
        """Line at which the script blocks in real time; None if it does not."""
        self.stuck_since_s = 0.0
        """Time of the clock at which the script was last continued."""
        self._clock = clock
        self.patience_s = PATIENCE_S
        """Seconds that a frame waits for the script before the screen continues without it."""
        self._last_s: float | None = None
        self._due_s = 0.0
        """Seconds for which the current moment stays on the screen."""
        self._notice = ""
        self._notice_until_s = 0.0
        self._frame: LoopFrame | None = None
        self._feed_rows: list[FeedRow] = []
        self._printed: list[str] = []

    # -- what is shown --------------------------------------------------------------------

    @property
    def is_stuck(self) -> bool:
        """True while the script blocks in real time."""
        return self.script.is_stuck

    @property
    def has_loop(self) -> bool:
        """True if the script has made an event loop."""
        return self.script.record is not None

    @property
    def blocks_for_s(self) -> float | None:
        """Seconds for which the script has blocked; None below :data:`SHOW_BLOCKED_AFTER_S`."""
        spent_s = self._clock() - self.stuck_since_s
        return spent_s if self.is_stuck and spent_s >= SHOW_BLOCKED_AFTER_S else None

    def frame(self, first: int = 0, count: int = 0, chosen: int | None = None) -> LoopFrame:
        """The current frame (:func:`~sim.scripts.loop_frame.frame_of`), or the last one while it blocks."""
        if self._frame is None or not self.is_stuck:
            self._frame = frame_of(self.script, first, count, chosen)
        return self._frame

    def feed_rows(self, count: int) -> list[FeedRow]:
        """The last ``count`` rows of the kernel's feed, the newest last."""
        if not self.is_stuck:
            self._feed_rows = list(self.feed.rows)
        return self._feed_rows[-count:] if count > 0 else []

    def printed(self, count: int) -> list[str]:
        """The last ``count`` lines printed by the script, the newest last."""
        if not self.is_stuck and self.script.output is not None:
            self._printed = self.script.output.newest(KEPT_LINES)
        return self._printed[-count:] if count > 0 else []

    @property
    def notice(self) -> str:
        """The notice of the last key; empty after a short time."""
        return self._notice if self._clock() < self._notice_until_s else ""

    def say(self, words: str) -> None:
        """Show a notice."""
        self._notice = words
        self._notice_until_s = self._clock() + NOTICE_S

    # -- going on -------------------------------------------------------------------------

    def tick(self) -> bool:
        """Continue the script for the time since the last tick.

        Returns:
            True if the script continued.
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
        """Make a condition that stops the script when its time is used up. The condition runs in the script's
        thread.
        """
        left = MOST_MOMENTS

        def enough(moment: StopPoint) -> bool:
            nonlocal left
            left -= 1
            self._due_s += self._share_s(moment)
            if self._due_s > 0 or left <= 0:
                return True
            if self._clock() >= until_s:
                self._due_s = 0.0  # too slow: the missing time is dropped
                return True
            return False

        return enough

    def _share_s(self, moment: StopPoint) -> float:
        """Seconds for which a moment is shown."""
        if self.speed is None:
            return 0.0
        share = SHARES.get(moment, 0.0)
        if moment == "over" and self._held_up():
            share = HELD_UP_SHARE
        if moment == "callback":
            share /= max(1, self.script.turn_size)
        return share / self.speed

    def _held_up(self) -> bool:
        """True if a callback of the turn that just ended held up the loop."""
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
        """Pause, or continue."""
        self.paused = not self.paused
        self._due_s = 0.0
        self._last_s = None

    def step(self) -> None:
        """Run to the next part of the turn: the wait, the timers, one callback, or a held-up loop."""
        self._step(lambda moment: moment in _STOPS or (moment == "over" and self._held_up()))

    def step_turn(self) -> None:
        """Run to the beginning of the next turn."""
        self._step(lambda moment: moment == "wait")

    def _step(self, stop_at: Callable[[StopPoint], bool]) -> None:
        self.paused = True
        if self.script.over:
            self.say(_("the script is over"))
        elif self.is_stuck:
            self._go(stop_at, patience_s=0.0)
            if self.is_stuck:
                self.say(_("the script blocks for real: it cannot be stepped"))
        else:
            self._go(stop_at)

    def change_speed(self, steps: int) -> None:
        """Choose the next higher speed; the next lower one if ``steps`` is negative."""
        rungs = [float("inf") if rung is None else rung for rung in SPEEDS]
        now = float("inf") if self.speed is None else self.speed
        if steps > 0:
            value = next((rung for rung in rungs if rung > now), rungs[-1])
        else:
            value = next((rung for rung in reversed(rungs) if rung < now), rungs[0])
        self.speed = None if value == float("inf") else value
        self._due_s = min(self._due_s, self._share_s(self.script.moment))
