"""The interrupt feed as a widget: follows the newest packet unless one scrolls back."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from c10k_tui.screens.race.keys import FEED_BINDINGS
from c10k_tui.screens.race.views.feed import FeedModel, FeedRow, heading, pointed_at, row_line
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import Frame


class Feed(Lines, can_focus=True):
    """The packets of the race and what each caused."""

    BINDINGS: ClassVar[list[BindingType]] = [*FEED_BINDINGS]
    BINDING_GROUP_TITLE = "Interrupt feed"

    class Chosen(Message):
        """A row was chosen, whose moment is to be gone to."""

        def __init__(self, at_ns: int) -> None:
            super().__init__()
            self.at_ns = at_ns

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = FeedModel()
        self._held: tuple[int, int] | None = None
        """Moment of the row under the cursor while scrolled back; None: the newest."""
        self._lanes: list[str] = []
        self._rows: list[FeedRow] = []
        """Those that are shown."""

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
        shown = self._rows = rows[max(0, last - (height - 1)) : last]
        lines: list[Line] = [heading(self._lanes, width)]
        lines += [row_line(row, self._lanes, width) for row in shown]
        if (pointed := self._pointed()) is not None:
            lines[1 + pointed] = pointed_at(lines[1 + pointed])
        self.show(lines)
        title = self.model.title() if self._held is None else f"{self.model.title()} · end: newest"
        entitle(self, title)

    def _pointed(self) -> int | None:
        """Which of the rows shown is under the cursor; there is one while one scrolls or has the focus."""
        if not self._rows or (self._held is None and not self.has_focus):
            return None
        if self._held is None:
            return len(self._rows) - 1
        return max(0, sum(row.moment <= self._held for row in self._rows) - 1)

    @property
    def chosen(self) -> FeedRow | None:
        """The row under the cursor, if there is one."""
        pointed = self._pointed()
        return None if pointed is None else self._rows[pointed]

    def action_choose(self) -> None:
        """Go to the moment of the row under the cursor."""
        if (pointed := self._pointed()) is not None:
            self.post_message(self.Chosen(self._rows[pointed].time_ns))

    def on_click(self, event: events.Click) -> None:
        """Point at a row; twice: go to its moment."""
        offset = event.get_content_offset(self)
        if offset is None or not 1 <= offset.y <= len(self._rows):
            return
        row = self._rows[offset.y - 1]
        if event.chain > 1:
            self.post_message(self.Chosen(row.time_ns))
        else:
            self._held = row.moment
            self.draw()

    def on_focus(self) -> None:
        self.draw()

    def on_blur(self) -> None:
        self.draw()

    def action_scroll(self, rows: int) -> None:
        """Point at an earlier row, so many before the one pointed at, or a later one if negative."""
        listed = self.model.rows()
        if not listed:
            return
        moments = [row.moment for row in listed]
        newest = len(moments) - 1
        index = newest
        if self._held is not None:
            index = max(0, sum(moment <= self._held for moment in moments) - 1)
        index = max(0, index - rows)
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
