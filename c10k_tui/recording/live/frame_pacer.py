"""The pace of a recorded race: the virtual time of a frame depends only on the settings, never on wall time.

If a race is not recorded, its :class:`~c10k_tui.session.pacer.Pacer` learns the cost of a step and takes
steps that this machine can afford. On another machine the steps would be longer or shorter. In a recording, a
price list gives the cost instead: a price for each request and each reconnection in each lane. So the part of
the wanted speed that is reached is the same on every machine, and "as fast as possible" is a fixed speed. On
a slow machine a frame takes longer to make, but the recording is the same.
"""

from __future__ import annotations

from collections.abc import Callable

from c10k_tui.recording.cast.race_prices import cost_s_per_ns
from c10k_tui.session.pacer import BUDGET_S, DEFAULT_SPEED, LONGEST_STEP_NS, Pacer
from sim.scenario.scenario import Scenario


class FramePacer(Pacer):
    """A pacer whose steps depend only on the settings and the number of the frame.

    Args:
        clock: Seconds, counted in frames.
        scenario: Returns the current scenario.
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
        """As much virtual time as the budget allows. The price is known, so the steps need not grow
        slowly.
        """
        step_ns = self._affordable_ns()
        if elapsed_s > 0:
            self.rate_ns = step_ns / elapsed_s
        return step_ns

    def forget_cost(self) -> None:
        """Do nothing: the price of each scenario is computed when it is needed."""

    def learn(self, step_ns: int, seconds: float) -> None:
        """Do nothing: the wall time of a step makes no difference."""
