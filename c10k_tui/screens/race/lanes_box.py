"""A box with all lanes: a description of each, and a mark at the lanes that race. At most four race on the
screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from c10k_tui.screens.shared.box import Box
from c10k_tui.text.lanes import LANE_TEXTS, MOST_LANES
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, text_of, width_of
from c10k_tui.widgets.lines import Lines
from sim.scenario.lanes import LANES

WhyNot = Callable[[Collection[str]], str | None]
"""Returns why these lanes cannot race together, or None if they can."""


class LanesScreen(Box[frozenset[str] | None]):
    """The list of lanes over the race. The result is the new choice of lanes; None if nothing has changed.

    Args:
        lanes: The lanes that race now.
        why_not: Returns why a choice is not possible.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", N_("Lane before"), id="lanes.up", show=False),
        Binding("down,j", "move(1)", N_("Next lane"), id="lanes.down", show=False),
        Binding("home,pageup", "move(-99)", N_("First lane"), id="lanes.first", show=False),
        Binding("end,pagedown", "move(99)", N_("Last lane"), id="lanes.last", show=False),
        Binding("space,enter", "switch", N_("On or off"), id="lanes.toggle", show=False),
        Binding("escape,L,q", "close", N_("Race those that are on"), id="lanes.close", show=False),
    ]

    def __init__(self, lanes: Collection[str], why_not: WhyNot) -> None:
        super().__init__()
        self._began = self._chosen = frozenset(lanes)
        self._why_not = why_not
        self._names = tuple(LANES)
        self._at = min(map(self._names.index, lanes))
        self._wrong: str | None = None
        self._list = Lines(id="lanes-list")
        self._list.styles.height = len(self._names) + 1
        self._status = Lines(id="lanes-status")

    def compose(self) -> ComposeResult:
        with Vertical(id="lanes-box") as box:
            box.border_title = _("Lanes")
            box.border_subtitle = _("space, click: on or off · esc: done")
            yield self._list
            yield self._status

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def action_move(self, rows: int) -> None:
        self._wrong = None
        self._at = min(max(0, self._at + rows), len(self._names) - 1)
        self._draw()

    def action_switch(self) -> None:
        lanes = self._chosen ^ {self._names[self._at]}
        self._wrong = self._why_not(lanes)
        if self._wrong is None:
            self._chosen = lanes
        self._draw()

    def action_close(self) -> None:
        self.dismiss(None if self._chosen == self._began else self._chosen)

    def on_click(self, event: events.Click) -> None:
        """Switch a lane on or off; a click outside the box closes it."""
        if not self.query_one("#lanes-box").region.contains(event.screen_x, event.screen_y):
            self.action_close()
            return
        row = event.screen_y - self._list.content_region.y
        if self._list.content_region.contains(event.screen_x, event.screen_y) and row < len(self._names):
            self._at = row
            self.action_switch()

    def _draw(self) -> None:
        width = self._list.size.width
        at = self._names[self._at]
        lines = [lane_line(name, name in self._chosen, name == at, width) for name in self._names]
        pointed = lines[self._at]
        self._list.show(lines)
        status: Line = (
            (
                _("{chosen} of at most {most_lanes} are on", chosen=len(self._chosen), most_lanes=MOST_LANES),
                "text",
            ),
        )
        if self._wrong is not None:
            status = ((self._wrong, "alarm"),)
        elif (since := LANES[at].introduced) not in text_of(pointed):
            status = (*status, (f" · {since}", "dim"))
        self._status.show([status])


def lane_line(name: str, on: bool, pointed: bool, width: int) -> Line:
    """The row of one lane: on or off, its name, its description, and the origin of its interface if every row
    has room for that.

    Args:
        name: The lane.
        on: True if it races.
        pointed: True if the cursor is on it.
        width: Cells.
    """
    what, since = _(LANE_TEXTS[name].what), _(LANES[name].introduced)
    name_cells = max(map(len, LANES)) + 2
    what_cells = max(cell_len(_(text.what)) for text in LANE_TEXTS.values()) + 2
    since_cells = max(len(kind.introduced) for kind in LANES.values())
    line: Line = (
        (" [×] " if on else " [ ] ", "cursor" if pointed else "strong" if on else "dim"),
        (f" {name.ljust(name_cells)}", name),
        (what, "text" if on else "dim"),
    )
    full: Line = (*line, (" " * (what_cells - len(what)) + since, "dim"))
    return full if width >= width_of(line) - len(what) + what_cells + since_cells else line
