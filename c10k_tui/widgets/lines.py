"""Widgets that show lines of styled text, and repaint only the lines that have changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from c10k_tui.text.palette import Palette
from c10k_tui.text.styled_text import Line, merged, pad


def entitle(widget: Widget, title: str, subtitle: str = "") -> None:
    """Set a widget's title and subtitle if they differ from the current ones: setting a title repaints the
    whole widget.

    Brackets are shown as they are, not read as markup: a task may be called ``[1]``.
    """
    above, below = Content(title), Content(subtitle)
    if (widget.border_title or "") != above.markup:
        widget.border_title = above
    if (widget.border_subtitle or "") != below.markup:
        widget.border_subtitle = below


class Painted(Widget):
    """A widget that draws itself with the palette of the current theme."""

    ALLOW_SELECT = False
    _palette: Palette | None = None

    @property
    def palette(self) -> Palette:
        """Styles by role."""
        if self._palette is None:
            self._palette = Palette(self.app.theme_variables)
        return self._palette

    def repaint(self) -> None:
        """Draw everything again, in the colours of a new theme."""
        self._palette = None
        self.refresh()

    def strip_of(self, line: Line, width: int) -> Strip:
        """A line as a strip of exactly ``width`` cells."""
        palette = self.palette
        segments = [Segment(text, palette[role]) for text, role in merged(pad(line, width))]
        return Strip(segments, width)


class Lines(Painted):
    """Lines of text, which :meth:`show` sets."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: Sequence[Line] = ()

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines. Only lines that differ from the earlier ones are repainted."""
        old, self._lines = self._lines, lines
        width = self.size.width
        for y in range(max(len(old), len(lines))):
            if y >= len(old) or y >= len(lines) or old[y] != lines[y]:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else ()
        return self.strip_of(line, self.size.width)
