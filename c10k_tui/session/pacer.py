"""The pace of virtual time: from wall time to nanoseconds of the race, frame by frame.

The events of a race last microseconds, so the race runs some thousand times slower than real time. At speed
1, one scan over all descriptors of the race's start takes two wall seconds. With few descriptors (16), a scan
is so short that at this pace nothing would happen for minutes. Then the gap between two bursts takes two
seconds instead. A speed is a number, or None for as fast as possible.

The pace stays when the number of descriptors changes. Why not two seconds for each scan: then a scan over a
million descriptors looks the same as one over a thousand, and the screen hides what it should show.

A step depends on the time that has passed, not on a number of frames, because timers skip late ticks. A frame
may spend only a part of its time on the race. If the race needs more, it runs slower, and
:attr:`Pacer.kept_up` is the part of the speed that is reached. The cost of a step is not known before the
step, so it is learnt from earlier steps.
"""

from __future__ import annotations

from collections.abc import Callable

FRAMES_PER_S = 30
"""Frames in a second: of the race and of the watched loop on the screen, and of every recording."""
SPEEDS: tuple[float | None, ...] = (0.01, 0.03, 0.1, 0.3, 1, 2, 4, 10, 30, 100, 300, 1_000, None)
"""Steps of the speed keys; None is as fast as possible."""
DEFAULT_SPEED = 2.0
SECONDS_AT_SPEED_1 = 2.0
"""Wall seconds that one scan takes at speed 1."""
BUDGET_S = 0.009
"""Wall seconds that a frame may spend on the race: about a quarter of the 33 ms between frames."""
LONGEST_GAP_S = 0.1
"""Wall seconds that are caught up after a stall; the rest is dropped."""
LONGEST_STEP_NS = 1_000_000_000
"""The most virtual time of one frame, even if it costs almost no work (a race without packets)."""
_MEMORY = 0.8
"""Weight of the past in running means."""


class Pacer:
    """Decides how far the race goes in each frame.

    Args:
        clock: Seconds on a clock that never goes back.
        speed: See the module; None for as fast as possible.
    """

    def __init__(self, clock: Callable[[], float], speed: float | None = DEFAULT_SPEED) -> None:
        self._clock = clock
        self._last_s: float | None = None
        self._rest_ns = 0.0
        self._cost_s_per_ns: float | None = None
        self._step_ns = 0
        self.speed = speed
        self.base_ns = 1
        """Virtual ns that take two seconds at speed 1."""
        self.rate_ns = 1.0
        """Virtual ns per wall second: the wanted rate, or the rate reached if the speed is None."""
        self.kept_up = 1.0
        """Part of the wanted speed that is reached; 1 is all of it."""

    def set_base(self, scan_ns: int, gap_ns: int | None) -> None:
        """Set the virtual time that takes two seconds at speed 1.

        Args:
            scan_ns: Virtual time of one scan.
            gap_ns: Mean virtual time between bursts; None if there are none.
        """
        self.base_ns = max(1, scan_ns, gap_ns or 0)
        if self.speed is not None:
            self.rate_ns = self.speed * self.base_ns / SECONDS_AT_SPEED_1

    def set_speed(self, speed: float | None) -> None:
        """Run at this speed from now on."""
        if speed is None:
            self._step_ns = max(1, round(self.rate_ns * 0.03))
        self.speed = speed
        self.kept_up = 1.0
        self._rest_ns = 0.0
        if speed is not None:
            self.rate_ns = speed * self.base_ns / SECONDS_AT_SPEED_1

    def forget_cost(self) -> None:
        """Forget the cost of a step: the race has changed."""
        self._cost_s_per_ns = None
        self._step_ns = min(self._step_ns, self.base_ns)

    def halt(self) -> None:
        """Stop time. The next :meth:`next_step_ns` starts from there and returns 0."""
        self._last_s = None
        self._rest_ns = 0.0

    def next_step_ns(self) -> int:
        """Virtual time of the next step, for the wall time since the last call (0 at the first call)."""
        now_s = self._clock()
        last_s, self._last_s = self._last_s, now_s
        if last_s is None:
            return 0
        elapsed_s = min(max(0.0, now_s - last_s), LONGEST_GAP_S)
        if self.speed is None:
            return self._fastest_step_ns(elapsed_s)
        wanted = elapsed_s * self.rate_ns + self._rest_ns
        step = min(int(wanted), self._affordable_ns())
        self._rest_ns = wanted - int(wanted)
        if wanted >= 1:
            self.kept_up = _MEMORY * self.kept_up + (1 - _MEMORY) * min(1.0, step / int(wanted))
        return step

    def _affordable_ns(self) -> int:
        if self._cost_s_per_ns is None:
            return max(1, self.base_ns)
        if self._cost_s_per_ns <= 0:
            return LONGEST_STEP_NS
        return min(LONGEST_STEP_NS, max(1, int(BUDGET_S / self._cost_s_per_ns)))

    def _fastest_step_ns(self, elapsed_s: float) -> int:
        """At most twice the last step, so that one cheap frame is not followed by a very long one."""
        step = min(self._affordable_ns(), max(1, 2 * self._step_ns))
        if elapsed_s > 0:
            self.rate_ns = _MEMORY * self.rate_ns + (1 - _MEMORY) * step / elapsed_s
        return step

    def learn(self, step_ns: int, seconds: float) -> None:
        """Learn the cost of a step.

        Args:
            step_ns: Virtual time of the step.
            seconds: Wall time that it took.
        """
        if step_ns <= 0:
            return
        self._step_ns = step_ns
        cost = max(0.0, seconds) / step_ns
        known = self._cost_s_per_ns
        self._cost_s_per_ns = cost if known is None else _MEMORY * known + (1 - _MEMORY) * cost


def faster(speed: float | None, steps: int) -> float | None:
    """The speed ``steps`` rungs up the ladder (down if negative), clamped at its ends; None is the
    fastest.
    """
    rungs = [float("inf") if rung is None else rung for rung in SPEEDS]
    value = float("inf") if speed is None else speed
    above = [rung for rung in rungs if rung > value]
    below = [rung for rung in rungs if rung < value]
    if steps > 0:
        value = above[min(steps, len(above)) - 1] if above else rungs[-1]
    elif steps < 0:
        value = below[-min(-steps, len(below))] if below else rungs[0]
    return None if value == float("inf") else value
