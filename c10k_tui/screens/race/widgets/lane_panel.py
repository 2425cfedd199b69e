"""One lane on the screen: its grid, the picture of its mechanism, what it does now and has just done."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.theme import Theme

from c10k_tui.screens.race.mechanism.picture import inside, price_words, told_by
from c10k_tui.screens.race.views.activity import activities
from c10k_tui.screens.race.views.cpu import bar, spent
from c10k_tui.screens.race.views.sentence import sentence, sentences
from c10k_tui.screens.race.views.warning import warning_lines
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.styled_text import Line, fitting, spread, width_of, wrap
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import LaneFrame

WIDE = 90
"""A lane at least this wide says what it does in one line, which leaves one for the CPU's times."""


class LanePanel(Vertical):
    """A framed lane.

    Args:
        name: One of :data:`sim.scenario.lanes.LANES`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=f"lane-{name}")
        self.lane = name
        self.grid = Grid(id=f"grid-{name}")
        self.inside = Lines(classes="inside")
        self.words = Lines(classes="words")

    def compose(self) -> ComposeResult:
        yield self.grid
        yield self.inside
        yield self.words

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._colour_title)
        self._colour_title(self.app.current_theme)

    def _colour_title(self, _theme: Theme) -> None:
        """Write the lane's name in its colour.

        Why not in the style sheet: it would need a rule for each lane, and the colours stand with the
        lanes' words.
        """
        self.styles.border_title_color = self.app.theme_variables[f"c10k-{self.lane}"]

    def show_inside(self, lane: LaneFrame) -> None:
        """Draw the mechanism's own picture."""
        self.inside.show(inside(lane, *self.inside.size))

    def show_words(self, lane: LaneFrame, scans: int, *, curable: bool = False) -> None:
        """Show what the lane says.

        Args:
            lane: The lane now.
            scans: Passes over all its descriptors that it finished since the last frame.
            curable: Whether a key takes away what goes wrong in it.
        """
        width, height = self.words.size
        warning = lane.warning
        self.set_class(lane.failure is not None, "-failed")
        self.set_class(warning is not None, "-struck")
        if lane.failure is not None:
            rows = max(1, height)
            told = wrap(sentence(lane), width, rows)
            if warning is not None:
                told = warning_lines(warning, width, rows, with_key=curable)
            self.words.show(told)
            return
        if warning is not None:
            told = warning_lines(warning, width, 2, with_key=curable)
        else:
            told = wrap(fitting(sentences(lane), width, 2), width, 2)
        if len(told) < 2:
            told.append(spent(lane.counters.cost_ns, width) if width >= WIDE else ())
        lines: list[Line] = [*told, bar(lane.counters.cost_ns, width)]
        if height > len(lines):
            skipped: Line = ((f"×{scans} scans this frame", "wasted"),) if scans > 1 else ()
            doing = fitting(activities(lane), width - width_of(skipped) - 1)
            lines.insert(0, spread(doing, skipped, width))
        self.words.show(lines)

    def show_frame(self) -> None:
        """Say on the frame who runs here, how it is told, at whose prices, and what a cell stands for."""
        entitle(self, *frame_words(self.lane, self.grid.model.layout.k, self.size.width - 4))


def frame_words(lane: str, k: int, room: int) -> tuple[str, str]:
    """Title and subtitle of a lane's frame, each in at most so many cells.

    That prices are estimated is always said: beside the name, if nowhere else.
    """
    told, (long, short, beside) = told_by(lane), price_words(lane)
    cells = "1 cell = 1 fd" if k == 1 else f"1 cell = {k:,} fds"
    brief = "1 fd a cell" if k == 1 else f"{k:,} fds a cell"
    subtitles = ((told, long, cells), (told, short, cells), (short, cells), (cells,), (brief,))
    subtitle = next((line for words in subtitles if len(line := _dotted(words)) <= room), f"{k:,} a cell")
    text = LANE_TEXTS[lane]
    names = (lane, *text.column_names)
    if beside and short not in subtitle:
        names = tuple(f"{name} {beside}" for name in names)
    titles = (f"{names[0]}: {told}", *names) if told not in subtitle else names
    if not beside or short in subtitle:
        titles = (text.title, *titles)
    return next((title for title in titles if len(title) <= room), titles[-1][: max(0, room)]), subtitle


def _dotted(words: Sequence[str]) -> str:
    return " · ".join(word for word in words if word)
