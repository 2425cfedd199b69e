"""The help: what is seen, and every key, made from the bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from c10k_tui.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.spans import Line
from c10k_tui.views.detail import LEGEND
from c10k_tui.widgets.lines import Lines

INTRODUCTION = (
    "A server holds many connections; only a few have something to say.",
    "select and poll hand the kernel every descriptor at every call and have",
    "each one looked at. epoll leaves the list in the kernel, and the network",
    "interrupt itself puts the ready ones on a ready list.",
    "All lanes get the same packets. The kernel is simulated; its figures are",
    "those of a cost table and are labelled so.",
)


class HelpScreen(ModalScreen[None]):
    """One page over the race, which goes on beneath."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "dismiss(None)", "Close", id="help.close", tooltip="Back")
    ]

    def compose(self) -> ComposeResult:
        lines = help_lines()
        text = Lines(id="help-text")
        text.styles.height = len(lines)
        with VerticalScroll(id="help-box") as box:
            box.border_title = "c10k-tui"
            box.border_subtitle = "esc: back"
            yield text
        text.show(lines)

    def on_mount(self) -> None:
        self.query_one("#help-box").focus()


def help_lines() -> list[Line]:
    """The page."""
    lines: list[Line] = [((words, "text"),) for words in INTRODUCTION]
    lines += [(), (("The grid", "strong"),)]
    for glyph, role, words, _ in LEGEND:
        lines.append((("  ", "text"), (glyph, role), (" " * (6 - len(glyph)) + words, "text")))
    for title, bindings in (
        ("Keys", RACE_BINDINGS),
        ("On a grid (tab goes there)", GRID_BINDINGS),
        ("On the feed (tab goes there)", FEED_BINDINGS),
    ):
        lines += [(), ((title, "strong"),), *_keys(bindings)]
    lines.append(
        (("  ctrl+p ", "strong"), ("Command palette".ljust(31), "text"), ("All of this by name", "dim"))
    )
    return lines


def _keys(bindings: Iterable[Binding]) -> Iterable[Line]:
    for binding in bindings:
        key = binding.key_display or binding.key.split(",")[0]
        yield (
            (f"  {key:<7}", "strong"),
            (f"{binding.description:<31}"[:31], "text"),
            (binding.tooltip, "dim"),
        )
