"""The race screen: one timer lets the race go on, takes a frame and hands it to the widgets.

Grids follow every frame, thirty times a second; what is inside the mechanisms ten times; text changes
four times a second, which is as fast as figures can be read. A key's effect is shown at once and does
not wait for the timer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from c10k_tui.screens.race.keys import GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.screens.race.pointing import PointingActions
from c10k_tui.screens.race.views.cost_curve import WakeupCostHistory
from c10k_tui.screens.race.views.counters import counter_lines, ratio_words, since_words
from c10k_tui.screens.race.views.cpu import drawn
from c10k_tui.screens.race.views.detail import detail
from c10k_tui.screens.race.views.follow import follow_line, newest_request
from c10k_tui.screens.race.views.header import scenario_line, since_costs, speed_line, time_words
from c10k_tui.screens.race.views.host import host_lines, host_subtitle, host_title
from c10k_tui.screens.race.views.legend import legend
from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.screens.race.views.warning import LastingWarnings, curable
from c10k_tui.screens.race.widgets.lane_panel import LanePanel
from c10k_tui.screens.race.widgets.timeline import TimeLine
from c10k_tui.session.session import Session
from c10k_tui.session.time_line import time_view
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.styled_text import Line, spread, text_of, width_of
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.frames.frame import Frame
from sim.scenario.lanes import LANES

FRAMES_PER_S = 30
TEXTS_PER_S = 4
PICTURES_PER_S = 10
SAMPLES_PER_S = 8
LEAST_WIDTH, LEAST_HEIGHT = 80, 24


class RaceScreen(PointingActions):
    """Lanes side by side, what happens, what it costs.

    Args:
        session: The race and its pace.
        clock: The session's clock.
        stepped: Whether someone else calls :meth:`tick`, and not a timer.
    """

    KEYS: ClassVar[Sequence[Binding]] = RACE_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*RACE_BINDINGS, *GRID_BINDINGS]
    BINDING_GROUP_TITLE = "Race"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall"), (46, "-high")]

    def __init__(self, session: Session, clock: Callable[[], float], *, stepped: bool = False) -> None:
        super().__init__(session)
        self._stepped = stepped
        self._clock = clock
        self._lanes = {
            name: LanePanel(name) for name in LANES if name in session.scenario.lanes or LANE_TEXTS[name].key
        }
        """Those that take part or have a key; others are made when they first take part."""
        self._head = Lines(id="head")
        self._host = Lines(id="host")
        self._note = Lines(id="note")
        self._curve = Lines(id="curve")
        self._counters = Lines(id="counters")
        self._time = TimeLine(id="time")
        self._small = Lines(id="small")
        self._curve_model = WakeupCostHistory()
        self._warnings = LastingWarnings()
        self._seen = (0, 0, 0)
        """Races, changes and jumps so far."""
        self._branch = 0
        self._shown: tuple[str, ...] = ()
        """Lanes on the screen."""
        self._passes: dict[str, int] = {}
        self._scans: dict[str, int] = {}
        """Scans finished between the last two frames, by lane."""
        self._next_text_s = 0.0
        self._next_picture_s = 0.0
        self._next_sample_s = 0.0
        self._stale = True

    def compose(self) -> ComposeResult:
        yield self._head
        with Horizontal(id="lanes"):
            yield from self._lanes.values()
        yield self._host
        yield self._note
        with Horizontal(id="lower"):
            with Vertical(id="happening"):
                yield self._feed
                yield self._curve
            yield self._counters
        yield self._time
        yield KeyFooter(RACE_BINDINGS, id="footer")
        yield self._small

    def on_mount(self) -> None:
        self._curve.border_title = "cost of a wake-up, last seconds"
        self._feed.border_title = "interrupts"
        self._show_lanes()
        self._timer = self.set_interval(1 / FRAMES_PER_S, self.tick, pause=self._stepped)

    def run_by_itself(self) -> None:
        """Let a timer call :meth:`tick` from now on."""
        self._timer.resume()

    def on_unmount(self) -> None:
        self.host_lane_switch.close()

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        self.set_class(small, "-small")
        size = f"{event.size.width}×{event.size.height}"
        words = f"c10k-tui needs {LEAST_WIDTH}×{LEAST_HEIGHT}, this terminal is {size}:"
        lines: list[Line] = [((words, "strong"),), (("enlarge it or use c10k-tui run", "text"),)]
        if event.size.width >= len(words) + 32:
            lines = [(*lines[0], (" ", "text"), *lines[1])]
        self._small.show(lines)
        self._stale = True
        self.call_after_refresh(self.draw)

    def _lane(self, name: str) -> LanePanel:
        """A lane's widget, made if it has none yet."""
        if name not in self._lanes:
            self._lanes[name] = lane = LanePanel(name)
            self.query_one("#lanes").mount(lane)
        return self._lanes[name]

    def _show_lanes(self) -> None:
        """Let those lanes be seen that take part; what is on them is drawn when their sizes are known."""
        names = self.session.scenario.lanes
        if names == self._shown:
            return
        self._shown = names
        for name in names:
            self._lane(name)
        for name, lane in self._lanes.items():
            lane.display = name in names
        order = [*names, *self._lanes]
        self.query_one("#lanes").sort_children(key=lambda lane: order.index(getattr(lane, "lane", "")))
        self.set_class(len(names) > 2, "-three")
        self.set_class(len(names) > 3, "-four")
        self.call_after_refresh(self.draw)

    def tick(self) -> None:
        """Let the race go on for the time that has passed, and show it."""
        if self._away:
            self._tick_instead()
            return
        self._seek_wanted()
        moved = self.session.tick()
        self.host_lane_switch.step(self.session.race)
        with_text = self._stale or self._clock() >= self._next_text_s
        if moved or with_text:
            self._draw(with_text, moved)

    def draw(self) -> None:
        """Show all of the race as it is now."""
        self._draw(with_text=True, moved=False)

    def _draw(self, with_text: bool, moved: bool) -> None:
        """Take a frame and show it.

        Args:
            with_text: Whether the text is due, or only the grids.
            moved: Whether the race went on since the last frame.
        """
        session = self.session
        before, self._seen = self._seen, (session.races, session.changes, session.travel.jumps)
        frame = session.frame()
        if self._seen != before:
            self._forget(frame, another_race=self._seen[0] != before[0], jumped=self._seen[2] != before[2])
        now_s = self._clock()
        frame = self._frame = self._warnings.hold(frame, now_s, moving=not session.paused)
        rate_ns = session.pacer.rate_ns
        if moved:
            self._count_scans(frame)
        for lane in frame.lanes:
            self._lane(lane.name).grid.show(lane, frame.now_ns, rate_ns)
        self._feed.take(frame)
        if not session.paused and now_s >= self._next_sample_s:
            self._next_sample_s = now_s + 1 / SAMPLES_PER_S
            self._curve_model.sample(frame)
        if with_text or now_s >= self._next_picture_s:
            self._next_picture_s = now_s + 1 / PICTURES_PER_S
            for lane in frame.lanes:
                self._lane(lane.name).show_inside(lane)
        if with_text:
            self._next_text_s = now_s + 1 / TEXTS_PER_S
            self._stale = False
            self._draw_text(frame)

    def _count_scans(self, frame: Frame) -> None:
        """How many scans each scanning lane has finished since the frame before."""
        passes = {lane.name: lane.counters.passes for lane in frame.lanes if lane.kind.scans}
        self._scans = {name: max(0, count - self._passes.get(name, count)) for name, count in passes.items()}
        self._passes = passes

    def _draw_text(self, frame: Frame) -> None:
        """Everything but the grids."""
        session = self.session
        head = self._draw_head(frame)
        for lane in frame.lanes:
            cured = lane.warning is not None and curable(lane.warning, frame.scenario)
            self._lane(lane.name).show_words(lane, self._scans.get(lane.name, 0), curable=cured)
            self._lane(lane.name).show_frame()
        self._draw_host(frame)
        self._draw_note(frame)
        self._time.show_time(time_view(session.race))
        self._feed.draw()
        if self._curve.size:
            self._curve.show(self._curve_model.lines(*self._curve.size))
        since = since_costs(head, since_words(frame), session.race.costs)
        entitle(self._counters, since, ratio_words(frame, self._counters.size.width))
        self._counters.show(counter_lines(frame, *self._counters.size))

    def _draw_head(self, frame: Frame) -> Line:
        """The two lines at the top; gives the first.

        A notice that has no room beside the pace takes its place, without its explanation if need be.
        """
        session, width = self.session, self._head.size.width
        pacer = session.pacer
        speed = speed_line(
            frame,
            width,
            end_ns=session.race.end_ns,
            paused=session.paused,
            speed=pacer.speed,
            rate_ns=pacer.rate_ns,
            scan_ns=session.race.scan_ns,
            kept_up=pacer.kept_up,
            scans=max(self._scans.values(), default=0),
            notice=session.notice,
        )
        if width >= LEAST_WIDTH and session.notice not in text_of(speed):
            going, time = speed[0], time_words(frame.now_ns, session.race.end_ns, width)
            room = width - width_of((going, *time)) - 4
            notice = session.notice if len(session.notice) <= room else session.notice.partition(":")[0]
            speed = spread((going, (" ", "text"), (f" {notice} ", "notice")), time, width)
        first = scenario_line(frame.scenario, width, session.race.costs)
        self._head.show([first, speed])
        return first

    def _draw_host(self, frame: Frame) -> None:
        """The lane on the real kernel, if it is on."""
        view = self.host_lane_switch.view()
        if view is None:
            return
        width, height = self._host.size
        entitle(self._host, host_title(view), host_subtitle(view, width))
        self._host.show(host_lines(view, frame, width, height))

    def _draw_note(self, frame: Frame) -> None:
        width = self._note.size.width
        beneath = legend(frame.scenario.lanes, width, drawn(frame.lanes))
        followed, fd = self._followed(), self.session.travel.following
        if self._cursor is None or self._lanes[frame.lanes[0].name].grid.model.cursor is None:
            self._point_at(followed)  # A grid of another size has lost it.
        if fd is not None and followed is not None and self._cursor == followed:
            records_of = self._feed.model.records_of
            requests = {lane.name: newest_request(fd, records_of(lane.name)) for lane in frame.lanes}
            beneath = follow_line(fd, requests, frame.now_ns, width)
        elif self._cursor is not None:
            first, last = self._cursor
            views = {
                lane.name: self.session.race.inspect(lane.name, lane.first_fd + first, lane.first_fd + last)
                for lane in frame.lanes
            }
            beneath = detail(views, frame, width)
        self._note.show([((" ", "text"), *verdict(frame, width - 1)), beneath])

    def _forget(self, frame: Frame, *, another_race: bool, jumped: bool) -> None:
        """What was shown does not lead up to this frame.

        Args:
            frame: What is to be shown.
            another_race: Whether nothing of what was shown is in it.
            jumped: Whether it is of another time; otherwise servers were rebuilt, or a branch began.
        """
        self._warnings.forget()
        for lane in self._lanes.values():
            lane.grid.model.forget()
        if another_race or jumped:
            self._passes.clear()
            self._scans.clear()
            self._feed.forget()
        branch, self._branch = self._branch, self.session.race.branch
        if another_race or (jumped and branch != self._branch):
            self._curve_model.forget()
        elif jumped:
            self._curve_model.go_to(frame)
        elif branch != self._branch:
            self._curve_model.cut(frame.now_ns)
        if frame.scenario.lanes != self._shown:
            self.call_after_refresh(self._show_lanes)
        if self._cursor is not None and self._cursor[1] >= frame.scenario.fds:
            self._point_at(None)

    def _changed(self) -> None:
        """The user has changed something: show it at once; another layout takes a moment longer."""
        self.set_class(self.host_lane_switch.on, "-hosting")
        self.call_after_refresh(self._show_lanes)
        self._stale = True
        self.draw()
