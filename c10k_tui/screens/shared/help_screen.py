"""The help: what is seen, and every key, made from the bindings.

The page is laid out for the width it has: nothing on it is ever cut, it grows longer instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.screens.path.keys import PATH_BINDINGS
from c10k_tui.screens.race.keys import FEED_BINDINGS, GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.screens.race.views.legend import GRID_LEGEND
from c10k_tui.text.styled_text import Line, wrap
from c10k_tui.widgets.footer import key_of
from c10k_tui.widgets.lines import Lines

INTRODUCTION = (
    "A server holds many connections; only a few have something to say. "
    "select and poll hand the kernel every descriptor at every call and have each one looked at. "
    "epoll leaves the list in the kernel, and the network interrupt itself puts the ready ones on a "
    "ready list.",
    "There are more answers (L), four at a time. A process or thread for each connection sleeps in a read of "
    "its own: the grid shows who runs, who could, who sleeps. Threads are not wrong everywhere: where "
    "connections are few, or all of them busy, they do well (preset threads-well), and von Behren, Condit "
    "and Brewer ran 100,000 of them in user space (HotOS 2003). Rings and ports tell what was received, and "
    "not that something could be: the grid shows what completed.",
    "All lanes get the same packets. The kernel is simulated; its figures are those of a cost table "
    "and are labelled so. Only the host lane (h), the letters on a filled ground in the cost curve (v) and "
    "what is called measured in the comparison (w) are measured, on this machine's own kernel.",
    "A lane in a heavy red frame makes a mistake (P lists some): its words tell which, and what to do "
    "instead. An exclamation mark stands at the descriptor concerned, and on the time line where it "
    "struck first.",
)
SECTIONS = (
    (
        "Keys",
        (*RACE_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="All of this by name")),
    ),
    ("The cursor on the grids (tab: from grid to grid, and to the feed)", tuple(GRID_BINDINGS)),
    ("On the feed (tab goes there)", tuple(FEED_BINDINGS)),
)
CURVE_INTRODUCTION = (
    "What one wake-up of a waiting server costs, against the number of descriptors it waits for. Both "
    "scales are logarithmic: select and poll climb with the number, epoll stays level. The upright rule "
    "stands at the number of descriptors of the race.",
    "Lines are simulated, by the cost table named at the top right. Letters on a filled ground are "
    "measured on this machine's kernel; plain letters are published figures. s is select, p poll, e epoll.",
)

PATH_INTRODUCTION = (
    "One packet, step by step: from the wire to where the program has its bytes. On the left epoll with "
    "asyncio above it, up to the line after await; on the right select. What both do stands side by side.",
    "The packet is taken once more by copies of the race's lanes, stopped just before it, and above epoll by "
    "real asyncio on a simulated kernel of its own. What is shown was noted there: structures before and "
    "after a step, and what the accounts changed by. A step without a price says whose price it is part of. "
    "All of it is simulated.",
)


@dataclass(frozen=True, slots=True)
class HelpPage:
    """What a screen's help says."""

    introduction: tuple[str, ...]
    legend: bool
    """Whether the screen has grids, whose glyphs are told."""
    sections: tuple[tuple[str, Sequence[Binding]], ...]


RACE_PAGE = HelpPage(INTRODUCTION, True, SECTIONS)
CURVE_PAGE = HelpPage(
    CURVE_INTRODUCTION,
    False,
    (("Keys", (*CURVE_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="All of this by name"))),),
)
PATH_PAGE = HelpPage(
    PATH_INTRODUCTION,
    False,
    (("Keys", (*PATH_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="All of this by name"))),),
)
LOOP_INTRODUCTION = (
    "A script's asyncio runs on a simulated kernel. Its event loop goes round: it WAITS in epoll_wait until "
    "a descriptor is ready or a timer is due; the callbacks of ready descriptors, and TIMERS that are due, "
    "join the ready queue; the CALLBACKS in it run one after the other. (asyncio's order: a loop that looks "
    "at its timers first goes round the same ring from another beginning.)",
    "await suspends a task: it is a row that costs nothing until what it waits for puts it on the ready "
    "queue. Orange runs, blue waits for a descriptor, pink for a timer; white is ready. What holds up the "
    "loop is told of in red, with its line.",
    "Time is virtual. System calls take the time of the cost table, a turn and a callback a fixed price; "
    "what a callback computes takes none. Waits are skipped over: an hour's sleep takes a moment to watch.",
    "Kernel: each descriptor with its number and its kind; ▄ is ready, █ cannot send on, because the far end "
    "does not read. A stale entry of the ready list has been read, and is dropped by the next epoll_wait.",
)
LOOP_PAGE = HelpPage(
    LOOP_INTRODUCTION,
    False,
    (("Keys", (*LOOP_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="All of this by name"))),),
)
BESIDE = 48
"""With so many cells left, what a key does stands beside its name, else on the line beneath."""
UNBOUNDED = 1_000


class HelpScreen(ModalScreen[None]):
    """One page over a screen, which goes on beneath.

    Args:
        page: What it says.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "dismiss(None)", "Close", id="help.close", tooltip="Back")
    ]

    def __init__(self, page: HelpPage = RACE_PAGE) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = "c10k-tui"
            box.border_subtitle = "↑ ↓: more · esc: back"
            # The bar's place is kept, so the width does not depend on the height.
            box.styles.scrollbar_gutter = "stable"
            yield HelpText(self._page)

    def on_mount(self) -> None:
        self.query_one("#help-box").focus()


class HelpText(Lines):
    """The help's text, as high as it needs to be."""

    def __init__(self, page: HelpPage) -> None:
        super().__init__(id="help-text")
        self._page = page

    def on_resize(self, event: events.Resize) -> None:
        lines = help_lines(event.size.width, self._page)
        self.styles.height = len(lines)
        self.show(lines)


def help_lines(width: int, page: HelpPage = RACE_PAGE) -> list[Line]:
    """The page, no line of it wider than ``width`` cells unless a single word is."""
    lines: list[Line] = []
    for words in page.introduction:
        lines += wrap(((words, "text"),), width, UNBOUNDED)
    if page.legend:
        lines += [(), (("The grid", "strong"),)]
    for sign in GRID_LEGEND if page.legend else ():
        gap = " " * (6 - len(sign.glyph))
        lines.append((("  ", "text"), (sign.glyph, sign.role), (gap + sign.full, "text")))
    for title, bindings in page.sections:
        lines += [(), *wrap(((title, "strong"),), width, UNBOUNDED), *_keys(bindings, width)]
    return lines


def _keys(bindings: Sequence[Binding], width: int) -> Iterable[Line]:
    """Key, name and what it does, in columns as wide as these need."""
    name_x = 4 + max(len(key_of(binding)) for binding in bindings)
    told_x = name_x + 2 + max(len(binding.description) for binding in bindings)
    beside = width - told_x >= BESIDE
    if not beside:
        told_x = name_x + 2
    for binding in bindings:
        head: Line = (
            (f"  {key_of(binding)}".ljust(name_x), "strong"),
            (binding.description.ljust(told_x - name_x) if beside else binding.description, "text"),
        )
        told = wrap(((binding.tooltip, "dim"),), width - told_x, UNBOUNDED)
        if beside:
            yield (*head, *told[0])
            told = told[1:]
        else:
            yield head
        for line in told:
            yield ((" " * told_x, "text"), *line)
