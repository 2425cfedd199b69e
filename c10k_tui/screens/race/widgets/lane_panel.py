"""One lane on the screen: its grid, the picture of its mechanism, its CPU, its last action and its current
one.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.theme import Theme

from c10k_tui.screens.race.mechanism.picture import inside, price_words, waiting_words
from c10k_tui.screens.race.room_plan import RoomPlan
from c10k_tui.screens.race.views.activity import activities
from c10k_tui.screens.race.views.cpu import bar, busy_line
from c10k_tui.screens.race.views.recent_arrivals import RecentArrivals
from c10k_tui.screens.race.views.sentence import sentence, sentences
from c10k_tui.screens.race.views.warning import warning_lines
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, fitting, spread, width_of, wrap
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import EpollView

WORDS_ROWS = 2


class LanePanel(Vertical):
    """A lane in a frame.

    Args:
        name: One of :data:`sim.scenario.lanes.LANES`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(id=f"lane-{name}")
        self.lane = name
        self.grid = Grid(id=f"grid-{name}")
        self.arrivals = RecentArrivals()
        self.inside = Lines(classes="inside")
        self.accounts = Lines(classes="accounts")
        self.cpu = Lines(classes="cpu")
        self.words = Lines(classes="words")

    def compose(self) -> ComposeResult:
        yield self.grid
        yield self.inside
        yield self.accounts
        yield self.cpu
        yield self.words

    def take_rooms(self, plan: RoomPlan) -> None:
        """Take the heights of this panel's parts."""
        self.inside.styles.height = plan.inside
        self.accounts.display = bool(plan.accounts)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._colour_title)
        self._colour_title(self.app.current_theme)

    def _colour_title(self, _theme: Theme) -> None:
        """Write the lane's name in its colour.

        Why not in the style sheet: it would need a rule for each lane, and the colours are defined with the
        lanes' words.
        """
        self.styles.border_title_color = self.app.theme_variables[f"c10k-{self.lane}"]

    def show_inside(self, lane: LaneFrame, now_ns: int, rate_ns: float) -> None:
        """Draw the picture of the mechanism.

        Args:
            lane: The lane at ``now_ns``.
            now_ns: The frame's time.
            rate_ns: Virtual nanoseconds per wall second.
        """
        width, height = self.inside.size
        if height == 1 and isinstance(lane.mechanism, EpollView) and lane.tasks is None:
            self.inside.show([self.arrivals.line(lane, now_ns, rate_ns, width)])
        else:
            self.inside.show(inside(lane, width, height))

    def show_words(self, lane: LaneFrame, scans: int, *, curable: bool = False, in_full: bool = True) -> None:
        """Show the lane's CPU, its last action and its current one, or its warning.

        Args:
            lane: The lane now.
            scans: Number of scans over all its descriptors that the lane has finished since the last frame.
            curable: True if a key cures the fault in the lane.
            in_full: False to say the current action in one or two words.
        """
        cost_ns = lane.counters.cost_ns
        self.cpu.show([busy_line(cost_ns, self.cpu.size.width)])
        self.accounts.show([bar(cost_ns, self.accounts.size.width)])
        self.set_class(lane.failure is not None, "-failed")
        self.set_class(lane.warning is not None, "-struck")
        width = self.words.size.width
        if lane.warning is not None:
            self.words.show(warning_lines(lane.warning, width, WORDS_ROWS, with_key=curable))
        elif lane.failure is not None:
            self.words.show(wrap(sentence(lane), width, WORDS_ROWS))
        else:
            skipped: Line = (
                ((_("{scans} scans in this picture", scans=scans), "wasted"),) if scans > 1 else ()
            )
            doing = activities(lane)[-1]
            if in_full:
                doing = fitting(activities(lane), width - width_of(skipped) - 1)
            self.words.show([fitting(sentences(lane), width), spread(doing, skipped, width)])

    def show_frame(self) -> None:
        """Write title and subtitle: the lane, the origin of its prices, and the connections in a cell."""
        entitle(self, *frame_words(self.lane, self.grid.model.layout.k, self.size.width - 4))


def frame_words(lane: str, k: int, room: int) -> tuple[str, str]:
    """Title and subtitle of a lane's frame, each of at most ``room`` cells.

    The frame always says if prices are estimated. If there is no other room, an abbreviation stands beside
    the name.
    """
    waiting, (long, short, beside) = waiting_words(lane), price_words(lane)
    cells = _("1 cell = {k:,}", k=k)
    subtitles = ((long, cells), (short, cells), (cells,))
    subtitle = next(
        (line for words in subtitles if cell_len(line := _dotted(words)) <= room), _("{k:,} a cell", k=k)
    )
    text = LANE_TEXTS[lane]
    names = (lane, *text.column_names)
    if beside and short not in subtitle:
        names = tuple(f"{name} {beside}" for name in names)
    titles = (f"{names[0]}: {waiting}", *names)
    if not beside or short in subtitle:
        titles = (_(text.title), *titles)
    return next((title for title in titles if cell_len(title) <= room), titles[-1][: max(0, room)]), subtitle


def _dotted(words: Sequence[str]) -> str:
    return " · ".join(word for word in words if word)
