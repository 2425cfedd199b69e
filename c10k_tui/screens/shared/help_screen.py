"""The help of a screen: its introduction, its legend, and every key, made from the bindings.

The page is laid out for its width. A narrow page is longer; nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from c10k_tui.screens.shared.box import Box
from c10k_tui.text.styled_text import Line, wrap
from c10k_tui.widgets.footer import key_of
from c10k_tui.widgets.lines import Lines

BESIDE = 48
"""If at least this number of cells is left, a key's explanation stands beside its name, else on the line
below.
"""
UNBOUNDED = 1_000


HelpSection = tuple[str, Sequence[Binding]]
"""A title, and the keys below it."""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """The help of one screen."""

    introduction: tuple[str, ...]
    """Paragraphs at the top."""
    sections: tuple[HelpSection, ...]
    legend: tuple[tuple[str, str, str], ...] = ()
    """Glyph, role in the palette, and meaning of each sign on the grids; empty for a screen without grids."""


def key_section(bindings: Sequence[Binding], palette: str = "All of this by name") -> HelpSection:
    """The section with a screen's own keys, and the key of the command palette.

    Args:
        bindings: The screen's keys.
        palette: Words for the effect of the palette's key.
    """
    return "Keys", (*bindings, Binding("ctrl+p", "", "Command palette", tooltip=palette))


class HelpScreen(Box[None]):
    """The help page over a screen. The screen continues below it.

    Args:
        page: The page.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "dismiss(None)", "Close", id="help.close", tooltip="Back")
    ]

    def __init__(self, page: HelpPage) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = "c10k-tui"
            box.border_subtitle = "↑ ↓: more · esc: back"
            # The scroll bar's column is always kept free, so the width does not depend on the height.
            box.styles.scrollbar_gutter = "stable"
            yield HelpText(self._page)

    def on_mount(self) -> None:
        self.query_one("#help-box").focus()


class HelpText(Lines):
    """The text of a help page, as high as it needs to be."""

    def __init__(self, page: HelpPage) -> None:
        super().__init__(id="help-text")
        self._page = page

    def on_resize(self, event: events.Resize) -> None:
        lines = help_lines(event.size.width, self._page)
        self.styles.height = len(lines)
        self.show(lines)


def help_lines(width: int, page: HelpPage) -> list[Line]:
    """The page as lines of at most ``width`` cells; only a single longer word exceeds that."""
    lines: list[Line] = []
    for words in page.introduction:
        lines += wrap(((words, "text"),), width, UNBOUNDED)
    if page.legend:
        lines += [(), (("The grid", "strong"),)]
    for glyph, role, meaning in page.legend:
        gap = " " * (6 - len(glyph))
        lines.append((("  ", "text"), (glyph, role), (gap + meaning, "text")))
    for title, bindings in page.sections:
        lines += [(), *wrap(((title, "strong"),), width, UNBOUNDED), *_keys(bindings, width)]
    return lines


def _keys(bindings: Sequence[Binding], width: int) -> Iterable[Line]:
    """Key, name and explanation, in columns as wide as these need."""
    name_x = 4 + max(len(key_of(binding)) for binding in bindings)
    text_x = name_x + 2 + max(len(binding.description) for binding in bindings)
    beside = width - text_x >= BESIDE
    if not beside:
        text_x = name_x + 2
    for binding in bindings:
        head: Line = (
            (f"  {key_of(binding)}".ljust(name_x), "strong"),
            (binding.description.ljust(text_x - name_x) if beside else binding.description, "text"),
        )
        explanation = wrap(((binding.tooltip, "dim"),), width - text_x, UNBOUNDED)
        if beside:
            yield (*head, *explanation[0])
            explanation = explanation[1:]
        else:
            yield head
        for line in explanation:
            yield ((" " * text_x, "text"), *line)
