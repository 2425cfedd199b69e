"""The part of the terminal in which a replay draws: the size of the terminal that was recorded.

The cursor, the lists and the layout move by cells, so a key means something else on a screen of another size.
A replay therefore runs the app at the recorded size. A larger terminal shows an edge around it. In a smaller
one the replay waits and asks for a larger window.

Why not scale the picture: half of its glyphs would be lost. Why not a scrolled view: the keys that scroll it
are keys of the recording too.
"""

from __future__ import annotations

import textwrap

from textual import events
from textual.app import App
from textual.geometry import Size

from c10k_tui import textual_internals
from c10k_tui.text.messages import _


class Letterbox:
    """The recorded size within the window, which may be larger or smaller.

    Args:
        app: The app that is drawn in the box.
        width: Columns of the recorded terminal at the beginning.
        height: Rows of it.
    """

    def __init__(self, app: App[str], width: int, height: int) -> None:
        self._app = app
        self.size = Size(width, height)
        """The recorded size now."""
        self._window: Size | None = None
        """The size of the window; None while it is not known."""
        self._stale = True

    @property
    def window(self) -> Size:
        """The size of the window; the recorded size while it is not known."""
        return self.size if self._window is None else self._window

    @property
    def fits(self) -> bool:
        """True if the window has room for the recorded size."""
        return self.window.width >= self.size.width and self.window.height >= self.size.height

    def note_window(self, size: Size) -> None:
        """Take the new size of the window."""
        self._window = size
        self._stale = True

    def fitted(self, event: events.Resize) -> events.Resize:
        """Take a new size of the window, and return the event with the recorded size in its place."""
        self.note_window(event.size)
        return events.Resize(self.size, self.size)

    def note_size(self, width: int, height: int) -> None:
        """Take a new recorded size."""
        self.size = Size(width, height)
        self._stale = True

    def redraw(self) -> None:
        """Draw the whole terminal again with the next frame."""
        self._stale = True

    def draw(self) -> None:
        """Draw the whole terminal if a size has changed since the last time."""
        app = self._app
        if not self._stale or not textual_internals.has_terminal(app):
            return
        self._stale = False
        textual_internals.overwrite_terminal(
            app, f"\x1b[0m\x1b[2J{self._edge() if self.fits else self._plea()}"
        )
        if self.fits:
            app.refresh(layout=True)

    def _edge(self) -> str:
        """The lines to the right of the recorded size and below it, as far as the window has room."""
        (width, height), window = self.size, self.window
        parts = ["\x1b[2m"]
        if window.width > width:
            parts += [f"\x1b[{y};{width + 1}H│" for y in range(1, height + 1)]
        if window.height > height:
            line = _(" recorded at {width}×{height} ", width=width, height=height).center(width, "─")
            parts.append(f"\x1b[{height + 1};1H{line}{'┘' if window.width > width else ''}")
        return f"{''.join(parts)}\x1b[0m"

    def _plea(self) -> str:
        """Words for a window that is too small, in as many of its rows as they need."""
        window = self.window
        words = _(
            "the recording is {width}×{height}, this terminal is "
            "{width2}×{height2}: enlarge it, and the replay goes on (q: quit)",
            width=self.size.width,
            height=self.size.height,
            width2=window.width,
            height2=window.height,
        )
        lines = textwrap.wrap(words, max(1, window.width))[: max(1, window.height)]
        return "".join(f"\x1b[{y};1H{line}" for y, line in enumerate(lines, start=1))

    def release(self) -> None:
        """Give the whole window to the app."""
        if self._window is not None and self._window != self.size:
            self._app.post_message(events.Resize(self._window, self._window))
