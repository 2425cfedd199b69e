"""Draws the race: takes a frame and gives each widget its part of the frame.

Each part of the screen has its own rate. Grids are drawn in every frame, thirty times a second; pictures of
the mechanisms ten times a second; text four times a second, because a reader cannot follow figures faster
than that. After a change by the user everything is drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from c10k_tui.screens.race.grid_cursor import Pointing
from c10k_tui.screens.race.keys import RACE_BINDINGS
from c10k_tui.screens.race.room_plan import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    LOWER_PANELS,
    Panel,
)
from c10k_tui.screens.race.rooms import Rooms
from c10k_tui.screens.race.shown_past import Continuity, ShownPast
from c10k_tui.screens.race.views.cost_bars import cost_bar_lines
from c10k_tui.screens.race.views.counters import counter_lines, ratio_words, since_words
from c10k_tui.screens.race.views.detail import detail_line
from c10k_tui.screens.race.views.follow import follow_line, newest_request
from c10k_tui.screens.race.views.header import head_line
from c10k_tui.screens.race.views.host import host_lines, host_subtitle, host_title
from c10k_tui.screens.race.views.legend import legend
from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.screens.race.views.warning import curable
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.lane_row import LaneRow
from c10k_tui.screens.race.widgets.time_line import TimeLine
from c10k_tui.session.host_lane_switch import HostLaneSwitch
from c10k_tui.session.session import Session
from c10k_tui.session.time_line import time_view
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, clip
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import Frame
from sim.machine.costs import BUILT_IN

TEXTS_PER_S = 4
PICTURES_PER_S = 10
SAMPLES_PER_S = 8
CURVE_ROWS = 6
"""Rows of the cost curve with its frame, if the feed stands above it."""
CURVE_FROM = 12
"""The panels need this number of rows for the cost curve below the feed."""


class DrawingRate:
    """Decides when a part of the screen must be drawn again.

    Args:
        per_s: Number of times per second that the part is drawn.
    """

    def __init__(self, per_s: int) -> None:
        self._between_s = 1 / per_s
        self._next_s = 0.0

    def is_due(self, now_s: float) -> bool:
        """True if the part is due at this time of the session's clock."""
        return now_s >= self._next_s

    def note_drawn(self, now_s: float) -> None:
        """Note that the part is drawn now."""
        self._next_s = now_s + self._between_s


class RaceDisplay:
    """Owns the widgets of the race screen, and draws frames into them.

    Args:
        session: The race and its pace.
        clock: The clock of the session.
        lanes: The row of lanes.
        feed: The interrupt feed.
        pointing: The cursor on the grids.
        host_lane: The lane on the real kernel.
        lanes_changed: Called when the race has other lanes than the row shows.
    """

    def __init__(
        self,
        session: Session,
        clock: Callable[[], float],
        lanes: LaneRow,
        feed: Feed,
        pointing: Pointing,
        host_lane: HostLaneSwitch,
        lanes_changed: Callable[[], None],
    ) -> None:
        self._session = session
        self._clock = clock
        self._lanes = lanes
        self._feed = feed
        self._pointing = pointing
        self._host_lane = host_lane
        self._lanes_changed = lanes_changed
        self._head = Lines(id="head")
        self._host = Lines(id="host")
        self._sentence = Lines(id="sentence")
        self._bars = Lines(id="bars")
        self._legend = Lines(id="legend")
        self._curve = Lines(id="curve")
        self._counters = Lines(id="counters")
        self._time = TimeLine(id="time")
        self._small = Lines(id="small")
        self._texts = DrawingRate(TEXTS_PER_S)
        self._pictures = DrawingRate(PICTURES_PER_S)
        self._samples = DrawingRate(SAMPLES_PER_S)
        self._past = ShownPast(session)
        self.rooms = Rooms()
        """The panels that the user has asked for."""
        self._height = LEAST_HEIGHT
        self.plan = self.rooms.plan(LEAST_HEIGHT, session.scenario.lanes, hosting=False)
        """The rows of the parts on the screen."""
        self._placed = False
        """True once the parts have their rows."""
        self._stale = True
        """True if the text must be drawn with the next frame."""

    def compose(self) -> ComposeResult:
        """The widgets, from top to bottom."""
        yield self._head
        yield self._lanes
        yield self._host
        yield self._sentence
        yield self._bars
        yield self._legend
        self._lower = Horizontal(id="lower")
        self._happening = Vertical(id="happening")
        with self._lower:
            with self._happening:
                yield self._feed
                yield self._curve
            yield self._counters
        yield self._time
        yield KeyFooter(RACE_BINDINGS, id="footer")
        yield self._small

    def mounted(self) -> None:
        """Write the titles that never change."""
        self._curve.border_title = _("cost of a call that found data, last seconds")
        self._feed.border_title = _("packets")

    def resized(self, width: int, height: int) -> bool:
        """Take the new size of the terminal, in cells.

        Returns:
            True if the terminal is too small for the race.
        """
        words = _(
            "c10k-tui needs {least_width}×{least_height}, this terminal is {width}×{height}:",
            least_width=LEAST_WIDTH,
            least_height=LEAST_HEIGHT,
            width=width,
            height=height,
        )
        lines: list[Line] = [((words, "strong"),), ((_("enlarge it or use c10k-tui run"), "text"),)]
        if width >= cell_len(words) + 32:
            lines = [(*lines[0], (" ", "text"), *lines[1])]
        self._small.show(lines)
        self._stale = True
        self._height = height
        return width < LEAST_WIDTH or height < LEAST_HEIGHT

    def take_rooms(self) -> None:
        """Give each part of the screen its rows."""
        names = self._session.scenario.lanes
        plan = self.rooms.plan(self._height, names, hosting=self._host_lane.on)
        if self._placed and plan == self.plan:
            return
        self.plan, self._placed = plan, True
        for panel in self._lanes.panels:
            panel.take_rooms(plan)
        self._bars.styles.height, self._bars.display = plan.bars, bool(plan.bars)
        self._lower.styles.height, self._lower.display = plan.lower, bool(plan.lower)
        shown = plan.panels & LOWER_PANELS
        curve_alone = shown - {Panel.COUNTERS} == {Panel.COST}
        self._counters.display = Panel.COUNTERS in shown
        self._happening.display = shown != {Panel.COUNTERS}
        self._feed.display = Panel.PACKETS in shown
        self._curve.display = Panel.COST in shown and (curve_alone or plan.lower >= CURVE_FROM)
        self._curve.styles.height = "1fr" if curve_alone else CURVE_ROWS

    def make_stale(self) -> None:
        """Draw the text with the next frame, even if it is not due."""
        self._stale = True

    @property
    def text_due(self) -> bool:
        """True if the next frame should show the text too."""
        return self._stale or self._texts.is_due(self._clock())

    def draw(self, *, with_text: bool, moved: bool) -> None:
        """Take a frame and show it.

        Args:
            with_text: False to draw only the grids, and the pictures if they are due.
            moved: True if the race went on since the last frame.
        """
        session = self._session
        frame = session.frame()
        self._meet(frame)
        now_s = self._clock()
        frame = self._past.warnings.hold(frame, now_s, moving=not session.paused)
        self._pointing.frame = frame
        rate_ns = session.pacer.rate_ns
        if moved:
            self._past.scans.count(frame)
        for lane in frame.lanes:
            panel = self._lanes.panel(lane.name)
            panel.arrivals.take(lane)
            panel.grid.show(lane, frame.now_ns, rate_ns)
        self._feed.take(frame)
        if not session.paused and self._samples.is_due(now_s):
            self._samples.note_drawn(now_s)
            self._past.costs.sample(frame)
        if with_text or self._pictures.is_due(now_s):
            self._pictures.note_drawn(now_s)
            for lane in frame.lanes:
                self._lanes.panel(lane.name).show_inside(lane, frame.now_ns, rate_ns)
        if with_text:
            self._texts.note_drawn(now_s)
            self._stale = False
            self._draw_text(frame)

    def _meet(self, frame: Frame) -> None:
        """Reset the grids, the feed and the cursor if this frame does not follow from the last one."""
        continuity = self._past.meet(frame)
        if continuity is Continuity.CONTINUES:
            return
        for panel in self._lanes.panels:
            panel.grid.model.forget()
            panel.arrivals.forget()
        if continuity is Continuity.ELSEWHERE:
            self._feed.forget()
        if frame.scenario.lanes != self._lanes.racing:
            self._lanes_changed()
        self._pointing.keep_within(frame.scenario.fds)

    # -- text -------------------------------------------------------------------------------

    def _draw_text(self, frame: Frame) -> None:
        """Draw everything except grids and pictures."""
        session = self._session
        self._draw_head(frame)
        scans = self._past.scans.finished
        for lane in frame.lanes:
            cured = lane.warning is not None and curable(lane.warning, frame.scenario)
            panel = self._lanes.panel(lane.name)
            panel.show_words(lane, scans.get(lane.name, 0), curable=cured, in_full=bool(self.plan.panels))
            panel.show_frame()
        self._draw_host(frame)
        self._draw_result(frame)
        self._time.show_time(time_view(session.race))
        self._feed.draw()
        if self._curve.size:
            self._curve.show(self._past.costs.lines(*self._curve.size))
        since = _(
            "{since_words} · prices: {table_words}",
            since_words=since_words(frame),
            table_words=table_words(session.race.costs),
        )
        entitle(self._counters, since, ratio_words(frame, self._counters.size.width))
        self._counters.show(counter_lines(frame, *self._counters.size))

    def _draw_head(self, frame: Frame) -> None:
        """Draw the line at the top."""
        pacer, costs = self._session.pacer, self._session.race.costs
        self._head.show(
            [
                head_line(
                    frame.scenario,
                    self._head.size.width,
                    paused=self._session.paused,
                    speed=pacer.speed,
                    rate_ns=pacer.rate_ns,
                    kept_up=pacer.kept_up,
                    prices="" if costs.name == BUILT_IN.name else table_words(costs),
                    scan_s=self._session.scan_s if any(lane.kind.scans for lane in frame.lanes) else 0,
                )
            ]
        )

    def _draw_host(self, frame: Frame) -> None:
        """Draw the lane on the real kernel, if there is one."""
        view = self._host_lane.view()
        if view is None:
            return
        width, height = self._host.size
        entitle(self._host, host_title(view), host_subtitle(view, width))
        self._host.show(host_lines(view, frame, width, height))

    def _draw_result(self, frame: Frame) -> None:
        """Draw the sentence and the bars; below them the cursor's descriptors, or the legend.

        A notice covers the legend. If the cursor's descriptors are shown there, it covers the sentence. A
        notice that is too long loses its explanation.
        """
        width = self._sentence.size.width
        self._pointing.restore()
        sentence: Line = ((" ", "text"), *verdict(frame, width - 1))
        below = self._pointed_line(frame, width)
        if notice := self._session.notice:
            if cell_len(notice) > width - 3:
                notice = notice.partition(":")[0]
            said = clip(((" ", "text"), (f" {notice} ", "notice")), width)
            sentence, below = (sentence, said) if self._pointing.block is None else (said, below)
        self._sentence.show([sentence])
        if self.plan.bars:
            self._bars.show(cost_bar_lines(frame, width))
        self._legend.show([below])

    def _pointed_line(self, frame: Frame, width: int) -> Line:
        fd, block = self._session.travel.following, self._pointing.block
        if block is None:
            filled = self._lanes.panel(frame.lanes[0].name).grid.has_fills
            return legend(frame.scenario.lanes, width, filled=filled, in_full=bool(self.plan.panels))
        if fd is not None and block == self._pointing.followed_block():
            records_of = self._feed.model.records_of
            requests = {lane.name: newest_request(fd, records_of(lane.name)) for lane in frame.lanes}
            return follow_line(fd, requests, frame.now_ns, width)
        first, last = block
        inspect = self._session.race.inspect
        views = {
            lane.name: inspect(lane.name, lane.first_fd + first, lane.first_fd + last) for lane in frame.lanes
        }
        return detail_line(views, frame, width)
