"""The parts of the race screen that the user has asked for: details, single panels, one lane on its own."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.screens.race.room_plan import Panel, RoomPlan, plan_rooms
from c10k_tui.text.messages import _

_ALL = frozenset(Panel)


class Rooms:
    """The user's choice of panels, and the rows that follow from it."""

    def __init__(self) -> None:
        self._details: bool | None = None
        """True or False after the user has asked for the details or against them; None before."""
        self._panels = _ALL
        self.zoomed: str | None = None
        """The lane that has the whole screen; None if all lanes share it."""

    def plan(self, height: int, lanes: Sequence[str], *, hosting: bool) -> RoomPlan:
        """The rows for a terminal of this height.

        Args:
            height: Rows of the terminal.
            lanes: The racing lanes.
            hosting: True if the lane on the real kernel is shown.
        """
        return plan_rooms(
            height,
            len(lanes),
            panels=self._panels,
            details=self._details,
            hosting=hosting,
            zoomed=self.zoomed in lanes,
        )

    def toggle_details(self, plan: RoomPlan) -> str:
        """Show the details, or hide them. Returns words for the effect.

        Args:
            plan: The rows on the screen now.
        """
        self.zoomed = None
        if plan.panels:
            self._details = False
            return _("details hidden · d: show them")
        self._details, self._panels = True, _ALL
        return _("details: packets, counters, cost, mechanism")

    def toggle_panel(self, panel: Panel, plan: RoomPlan) -> str:
        """Show one panel, or hide it. Returns words for the effect.

        Args:
            panel: The panel.
            plan: The rows on the screen now.
        """
        self.zoomed = None
        shown = plan.panels ^ {panel}
        self._details, self._panels = bool(shown), shown or _ALL
        return _("{panel} shown", panel=_(panel)) if panel in shown else _("{panel} hidden", panel=_(panel))

    def zoom_next(self, lanes: Sequence[str]) -> str:
        """Give the whole screen to the next lane, or after the last to all. Returns words for the effect."""
        names = [*lanes, None]
        at = names.index(self.zoomed) if self.zoomed in names else len(names) - 1
        self.zoomed = names[(at + 1) % len(names)]
        return (
            _("all lanes") if self.zoomed is None else _("{zoomed} alone · z: the next", zoomed=self.zoomed)
        )
