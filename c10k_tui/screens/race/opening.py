"""What the race screen's keys open: boxes on top of it, and screens in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.screen import Screen

from c10k_tui.screens.race.travel_actions import TravelActions
from c10k_tui.screens.shared.keyed_screen import Result
from c10k_tui.session.session import Session
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from c10k_tui.screens.capacity.model import CapacityModel
    from c10k_tui.screens.comparison.model import ComparisonModel
    from c10k_tui.screens.curve.model import CurveModel


@runtime_checkable
class Ticking(Protocol):
    """A screen that goes on a little in each frame of the race that stands still behind it."""

    def tick(self) -> None:
        """Go on."""


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
        self._ticking: Ticking | None = None
        """That screen, if it lives by the race's frames."""
        self._comparison_known: ComparisonModel | None = None
        self._capacity_known: CapacityModel | None = None
        """What these screens have computed and measured so far."""

    def action_help(self) -> None:
        from c10k_tui.screens.shared.help_screen import HelpScreen

        self.app.push_screen(HelpScreen())

    def action_enter_fds(self) -> None:
        from c10k_tui.screens.shared.number_box import NumberScreen

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

    def action_choose_lanes(self) -> None:
        from c10k_tui.screens.race.lanes_box import LanesScreen

        def chosen(lanes: frozenset[str] | None) -> None:
            if lanes is not None:
                self.session.set_lanes(lanes, f"{len(lanes)} lane{'s' if len(lanes) > 1 else ''}")
                self._changed()

        self.app.push_screen(LanesScreen(self.session.scenario.lanes, self.session.why_not_lanes), chosen)

    def action_presets(self) -> None:
        from c10k_tui.screens.race.presets_box import PresetsScreen

        def chosen(name: str | None) -> None:
            if name is not None:
                self.session.begin_preset(name)
                self._changed()

        self.app.push_screen(PresetsScreen(self.session.scenario), chosen)

    def action_curve(self) -> None:
        from c10k_tui.screens.curve.model import CurveModel
        from c10k_tui.screens.curve.screen import CurveScreen

        if self._is_stepped("the curve"):
            return

        if self._curve_known is None:
            self._curve_known = CurveModel(
                self.session.scenario, self.session.race.costs, self.session.why_not_own
            )
        self._curve_known.start_at(self.session.scenario)
        self._show_until_raced(CurveScreen(self._curve_known), "the paper's situation")

    def action_compare(self) -> None:
        from c10k_tui.screens.comparison.model import ComparisonModel
        from c10k_tui.screens.comparison.screen import ComparisonScreen

        if self._comparison_known is None:
            self._comparison_known = ComparisonModel(self.session.scenario, self.session.race.costs)
        self._comparison_known.start_at(self.session.scenario)
        self._show_until_raced(
            ComparisonScreen(self.session, self._comparison_known), "the table's situation"
        )

    def action_capacity(self) -> None:
        from c10k_tui.screens.capacity.model import CapacityModel
        from c10k_tui.screens.capacity.screen import CapacityScreen

        if self._capacity_known is None:
            self._capacity_known = CapacityModel(self.session.scenario, self.session.race.costs)
        self._capacity_known.start_at(self.session.scenario)
        self._show_until_raced(
            CapacityScreen(self.session, self._capacity_known), "just beyond what it holds"
        )

    def _show_until_raced(self, screen: Screen[Scenario | None], what: str) -> None:
        """Give the terminal to a screen that may be left with a scenario to race.

        Args:
            screen: What is shown.
            what: What a scenario that it is left with is, in words.
        """

        def left(scenario: Scenario | None) -> None:
            if scenario is not None:
                self.session.race_anew(scenario, what)

        self._show_instead(screen, left)

    def _show_instead(self, screen: Screen[Result], left: Callable[[Result | None], None]) -> None:
        """Give the terminal to another screen; the race stands still until that is left.

        Args:
            screen: What is shown.
            left: Called with what it was left with.
        """

        def come_back(result: Result | None) -> None:
            self._away = False
            self._ticking = None
            self.session.pacer.halt()
            left(result)
            self._changed()

        self._away = True
        self._ticking = screen if isinstance(screen, Ticking) else None
        self.app.push_screen(screen, come_back)

    def _tick_instead(self) -> None:
        """What is shown instead of the race may live by the race's frames."""
        if self._ticking is not None:
            self._ticking.tick()
