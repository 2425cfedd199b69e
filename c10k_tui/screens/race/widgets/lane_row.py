"""The row of lanes on the race screen: one panel for each lane, the racing ones shown in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from textual.containers import Horizontal

from c10k_tui.screens.race.widgets.lane_panel import LanePanel


class LaneRow(Horizontal):
    """Panels of lanes, side by side.

    Args:
        names: Lanes that get a panel at once. Other panels are made when their lane first races: a widget
            that is mounted takes time at the start.
    """

    def __init__(self, names: Iterable[str]) -> None:
        panels = {name: LanePanel(name) for name in names}
        super().__init__(*panels.values(), id="lanes")
        self._lane_panels = panels
        self.racing: tuple[str, ...] = ()
        """The lanes whose panels are shown, in order."""

    @property
    def panels(self) -> Collection[LanePanel]:
        """All panels, hidden ones included."""
        return self._lane_panels.values()

    def panel(self, name: str) -> LanePanel:
        """The panel of a lane. It is made and mounted if the lane has none."""
        if name not in self._lane_panels:
            self._lane_panels[name] = panel = LanePanel(name)
            self.mount(panel)
        return self._lane_panels[name]

    def show_lanes(self, names: tuple[str, ...]) -> bool:
        """Show the panels of these lanes and no others.

        Returns:
            True if other lanes were shown before.
        """
        if names == self.racing:
            return False
        self.racing = names
        for name in names:
            self.panel(name)
        for name, panel in self._lane_panels.items():
            panel.display = name in names
        order = [*names, *self._lane_panels]
        self.sort_children(key=lambda panel: order.index(getattr(panel, "lane", "")))
        return True
