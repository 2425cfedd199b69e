"""The pace of a race that is recorded: virtual time per frame from the settings, never from the wall.

The :class:`~c10k_tui.session.pacer.Pacer` of a race that is only watched learns what a step costs and lets
it be as long as this machine can afford, which is another length on another machine. Here the same budget is
spent by a price list: each request and each reconnection costs so much in each lane. So a speed is kept
up, or said not to be, alike everywhere, and "as fast as it goes" is a speed with a definition. On a slow
machine a frame takes longer to make; the recording does not tell.
"""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.recording.cast.race_prices import cost_s_per_ns
from c10k_tui.session.pacer import BUDGET_S, DEFAULT_SPEED, LONGEST_STEP_NS, Pacer
from sim.scenario.scenario import Scenario


class FramePacer(Pacer):
    """A pacer whose steps are a function of the settings and the number of the frame.

    Args:
        clock: Seconds, counted in frames.
        scenario: Gives the scenario that is raced now.
        speed: See :mod:`c10k_tui.session.pacer`.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        scenario: Callable[[], Scenario],
        speed: float | None = DEFAULT_SPEED,
    ) -> None:
        super().__init__(clock, speed)
        self._scenario = scenario

    def _affordable_ns(self) -> int:
        return min(LONGEST_STEP_NS, max(1, int(BUDGET_S / cost_s_per_ns(self._scenario()))))

    def _fastest_step_ns(self, elapsed_s: float) -> int:
        """All that the budget buys: the price is known, so there is nothing to feel one's way to."""
        step_ns = self._affordable_ns()
        if elapsed_s > 0:
            self.rate_ns = step_ns / elapsed_s
        return step_ns

    def forget_cost(self) -> None:
        """Another scenario has another price, which is looked up when it is needed."""

    def took(self, step_ns: int, seconds: float) -> None:
        """How long a step took this machine makes no difference."""
