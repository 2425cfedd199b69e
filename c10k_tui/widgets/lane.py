"""One lane on the screen: its grid, what it does now, what it has just done, where its time went."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from c10k_tui.spans import Line, spread, wrap
from c10k_tui.views.cpu import bar, spent
from c10k_tui.views.sentence import activity, brief_sentence, sentence
from c10k_tui.widgets.grid import Grid
from c10k_tui.widgets.lines import Lines, entitle
from sim.frame import LaneFrame

TITLES = {
    "process": "process ─ one for each connection",
    "thread": "thread ─ one for each connection",
    "pool": "pool ─ one waits, eight serve",
    "select": "select ─ looks at all, every time",
    "poll": "poll ─ looks at all, every time",
    "epoll": "epoll ─ is told which are ready",
    "epoll-et": "epoll-et ─ is told once",
    "epoll-oneshot": "epoll-oneshot ─ told once, four serve",
    "epoll-exclusive": "epoll-exclusive ─ four accept",
    "asyncio": "asyncio ─ await reader.read()",
    "kqueue": "kqueue ─ filters run as packets come",
    "io_uring": "io_uring ─ is told what was received",
    "io_uring-poll": "io_uring-poll ─ is told which are ready",
    "io_uring-sqpoll": "io_uring-sqpoll ─ a second CPU polls",
    "iocp": "iocp ─ is told what was received",
}

NARROW = 34
"""A lane narrower than this speaks in fewer words."""
WIDE = 90
"""A lane at least this wide says what it does in one line, which leaves one for the CPU's times."""


class Lane(Vertical):
    """A framed lane.

    Args:
        name: One of :data:`sim.scenario.LANES`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=f"lane-{name}")
        self.lane = name
        self.grid = Grid(id=f"grid-{name}")
        self.words = Lines(classes="words")

    def compose(self) -> ComposeResult:
        yield self.grid
        yield self.words

    def show_words(self, lane: LaneFrame, scans: int) -> None:
        """Show what the lane says.

        Args:
            lane: The lane now.
            scans: Passes over all its descriptors that it finished since the last frame.
        """
        width, height = self.words.size
        self.set_class(lane.failure is not None, "-failed")
        if lane.failure is not None:
            self.words.show(wrap(sentence(lane), width, max(1, height)))
            return
        told = wrap(sentence(lane) if width >= NARROW else brief_sentence(lane), width, 2)
        if len(told) < 2:
            told.append(spent(lane.counters.cost_ns, width) if width >= WIDE else ())
        lines: list[Line] = [*told, bar(lane.counters.cost_ns, width)]
        if height > len(lines):
            skipped: Line = ((f"×{scans} scans this frame", "wasted"),) if scans > 1 else ()
            lines.insert(0, spread(activity(lane), skipped, width))
        self.words.show(lines)

    def show_frame(self) -> None:
        """Say on the frame who runs here and what a cell stands for."""
        title = TITLES[self.lane] if self.size.width >= len(TITLES[self.lane]) + 4 else self.lane
        k = self.grid.model.layout.k
        words = "1 cell = 1 fd" if k == 1 else f"1 cell = {k:,} fds"
        entitle(self, title, words)
