"""The time line as a widget: the user clicks on it and drags along it."""

from __future__ import annotations

from textual import events
from textual.message import Message

from c10k_tui.screens.race.views.time_line import BACK, layout_of, time_line
from c10k_tui.session.time_line import TimeView
from c10k_tui.widgets.lines import Lines


class TimeLine(Lines):
    """The row of :mod:`c10k_tui.screens.race.views.time_line`."""

    class Sought(Message):
        """The mouse points at a time. The race should go there."""

        def __init__(self, at_ns: int, *, held: bool) -> None:
            super().__init__()
            self.at_ns = at_ns
            self.held = held
            """True if the button is still held down, so that other times will follow."""

    class Scrubbed(Message):
        """The user clicked on one of the keys at the ends of the line."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view = TimeView(0, 0, 0, 1, ())
        self._held = False

    def show_time(self, view: TimeView) -> None:
        """Show the race's position on the line."""
        self._view = view
        self.show([time_line(view, self.size.width)])

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        place = layout_of(self.size.width)
        x = event.x - place.first_x
        if event.x < len(BACK):
            self.post_message(self.Scrubbed(-1))
        elif 1 <= x - place.cells <= len(BACK):
            self.post_message(self.Scrubbed(1))
        elif -1 <= x <= place.cells:
            self._held = True
            self.capture_mouse()
            self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._held:
            event.stop()
            self._seek(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._held:
            event.stop()
            self._held = False
            self.release_mouse()
            self._seek(event)

    def _seek(self, event: events.MouseEvent) -> None:
        # While the button is held down the race does not run, so the end of the line stays where it is.
        at_ns = layout_of(self.size.width).moment_at(event.x, self._view)
        self.post_message(self.Sought(at_ns, held=self._held))
