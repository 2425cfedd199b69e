"""The interrupt feed as a widget. It follows the newest packet until the user scrolls back."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from c10k_tui.screens.race.keys import FEED_BINDINGS
from c10k_tui.screens.race.views.feed import FeedModel, FeedRow, heading, row_line, under_cursor
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import Frame


class Feed(Lines, can_focus=True):
    """The packets of the race and the effects of each."""

    BINDINGS: ClassVar[list[BindingType]] = [*FEED_BINDINGS]
    BINDING_GROUP_TITLE = N_("Interrupt feed")

    class Chosen(Message):
        """The user chose a row. The race should go to its time."""

        def __init__(self, at_ns: int) -> None:
            super().__init__()
            self.at_ns = at_ns

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.model = FeedModel()
        self._held: tuple[int, int] | None = None
        """Time and serial of the row under the cursor while the user has scrolled back; None for the newest
        row."""
        self._lanes: list[str] = []
        self._rows: list[FeedRow] = []
        """The rows on the screen."""

    def take(self, frame: Frame) -> None:
        """Store a frame; :meth:`draw` shows it."""
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
            lines[1 + pointed] = under_cursor(lines[1 + pointed])
        self.show(lines)
        title = (
            self.model.title() if self._held is None else _("{title} · end: newest", title=self.model.title())
        )
        entitle(self, title)

    def _pointed(self) -> int | None:
        """Index of the row under the cursor; None while the user has not scrolled back and the feed has no
        focus.
        """
        if not self._rows or (self._held is None and not self.has_focus):
            return None
        if self._held is None:
            return len(self._rows) - 1
        return max(0, sum(row.moment <= self._held for row in self._rows) - 1)

    @property
    def chosen(self) -> FeedRow | None:
        """The row under the cursor; None without a cursor."""
        pointed = self._pointed()
        return None if pointed is None else self._rows[pointed]

    def action_choose(self) -> None:
        """Go to the time of the row under the cursor."""
        if (pointed := self._pointed()) is not None:
            self.post_message(self.Chosen(self._rows[pointed].time_ns))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row; a double click goes to its time."""
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
        """Move the cursor this many rows up (to earlier packets), or down if negative."""
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

    @property
    def held(self) -> tuple[int, int] | None:
        """Time and serial of the row under the cursor; None while the newest row is shown."""
        return self._held

    def hold(self, moment: tuple[int, int] | None) -> None:
        """Put the cursor on the row with this time and serial; None for the newest row."""
        self._held = moment
        self.draw()

    def forget(self) -> None:
        """Drop all rows: the next frame belongs to another race or another time."""
        self.model.forget()
        self._held = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll(3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll(-3)
