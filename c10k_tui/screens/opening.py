"""What the race screen's keys open: boxes on top of it, and screens in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from c10k_tui.screens.keyed import Result
from c10k_tui.screens.travel_actions import TravelActions
from c10k_tui.session import Session
from sim.scenario import Scenario

if TYPE_CHECKING:
    from c10k_tui.curve_model import CurveModel


class OpeningActions(TravelActions):
    """The actions that ask for something, or show something else than the race.

    Args:
        session: The race and its pace.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._curve_known: CurveModel | None = None
        """What the Curve screen has computed and measured so far."""
        self._away = False
        """Whether another screen has the terminal to itself; the race stands still meanwhile."""
        self._instead: object = None
        """That screen."""

    def action_help(self) -> None:
        from c10k_tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_enter_fds(self) -> None:
        from c10k_tui.screens.number import NumberScreen

        def entered(fds: int | None) -> None:
            if fds is not None:
                self.session.set_fds(fds)
                self._changed()

        self.app.push_screen(
            NumberScreen(
                "How many descriptors?",
                str(self.session.scenario.fds),
                "a number: 10000, 10k, 1M",
                self.session.why_not_fds,
            ),
            entered,
        )

    def action_curve(self) -> None:
        from c10k_tui.curve_model import CurveModel
        from c10k_tui.screens.curve import CurveScreen

        if self._is_stepped("the curve"):
            return

        def left(scenario: Scenario | None) -> None:
            if scenario is not None:
                self.session.race_anew(scenario, "the paper's situation")

        if self._curve_known is None:
            self._curve_known = CurveModel(
                self.session.scenario, self.session.race.costs, self.session.why_not_own
            )
        self._curve_known.start_at(self.session.scenario)
        self._show_instead(CurveScreen(self._curve_known), left)

    def _show_instead(self, screen: Screen[Result], left: Callable[[Result | None], None]) -> None:
        """Give the terminal to another screen; the race stands still until that is left.

        Args:
            screen: What is shown.
            left: Called with what it was left with.
        """

        def come_back(result: Result | None) -> None:
            self._away = False
            self._instead = None
            self.session.pacer.halt()
            left(result)
            self._changed()

        self._away = True
        self._instead = screen
        self.app.push_screen(screen, come_back)

    def _tick_instead(self) -> None:
        """What is shown instead of the race may go by the race's clock."""
        from c10k_tui.screens.path import PathScreen

        if isinstance(self._instead, PathScreen):
            self._instead.tick()
