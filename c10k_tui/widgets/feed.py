"""The interrupt feed as a widget: follows the newest packet unless one scrolls back."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from c10k_tui.keys import FEED_BINDINGS
from c10k_tui.spans import Line
from c10k_tui.views.feed import FeedModel, heading, row_line
from c10k_tui.widgets.lines import Lines, entitle
from sim.frame import Frame


class Feed(Lines, can_focus=True):
    """The packets of the race and what each caused."""

    BINDINGS: ClassVar[list[BindingType]] = [*FEED_BINDINGS]
    BINDING_GROUP_TITLE = "Interrupt feed"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = FeedModel()
        self._held: tuple[int, int] | None = None
        """Moment of the row at the bottom while scrolled back; None: the newest."""
        self._lanes: list[str] = []

    def take(self, frame: Frame) -> None:
        """Take in a frame; call :meth:`draw` to show it."""
        self._lanes = [lane.name for lane in frame.lanes]
        self.model.take(frame)

    def draw(self) -> None:
        """Show the rows."""
        width, height = self.size
        rows = self.model.rows(height - 1) if self._held is None else self.model.rows()
        last = len(rows)
        if self._held is not None:
            last = sum(row.moment <= self._held for row in rows)
            last = max(last, min(len(rows), height - 1))
        shown = rows[max(0, last - (height - 1)) : last]
        lines: list[Line] = [heading(self._lanes, width)]
        lines += [row_line(row, self._lanes, width) for row in shown]
        self.show(lines)
        title = self.model.title() if self._held is None else f"{self.model.title()} · end: newest"
        entitle(self, title)

    def action_scroll(self, rows: int) -> None:
        """Go back by so many rows, or forth if negative."""
        listed = self.model.rows()
        if not listed:
            return
        moments = [row.moment for row in listed]
        newest = len(moments) - 1
        index = newest
        if self._held is not None:
            index = max(0, sum(moment <= self._held for moment in moments) - 1)
        index = max(min(self.size.height - 2, newest), index - rows)
        self._held = None if index >= newest else moments[index]
        self.draw()

    def newest(self) -> None:
        """Follow the newest packet again."""
        self._held = None
        self.draw()

    def forget(self) -> None:
        """Another race is shown from now on: what one scrolled back to is not in it."""
        self.model.forget()
        self._held = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(-3)
