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
        """The racing lanes, in order."""
        self._shown: tuple[str | None, ...] = ()
        """The lanes whose panels are shown."""

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

    def show_lanes(self, names: tuple[str, ...], alone: str | None = None) -> bool:
        """Show the panels of these lanes and no others.

        Args:
            names: The racing lanes.
            alone: The only one of them that is shown; None for all.

        Returns:
            True if other lanes were shown before.
        """
        shown = (alone,) if alone in names else names
        if (names, shown) == (self.racing, self._shown):
            return False
        self.racing, self._shown = names, shown
        for name in names:
            self.panel(name)
        for name, panel in self._lane_panels.items():
            if panel.display != (name in shown):
                panel.grid.model.forget()
            panel.display = name in shown
        order = [*names, *self._lane_panels]
        self.sort_children(key=lambda panel: order.index(getattr(panel, "lane", "")))
        return True
