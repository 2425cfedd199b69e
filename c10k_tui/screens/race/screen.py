"""The race screen: lanes side by side, the events in them, and their costs.

One timer advances the race and draws it. The screen owns its parts and passes each key on to one of them:

- :class:`~c10k_tui.screens.race.display.RaceDisplay` draws frames,
- :class:`~c10k_tui.screens.race.grid_cursor.Pointing` keeps the cursor and the followed descriptor,
- :class:`~c10k_tui.screens.race.opened_screens.Opening` opens boxes and other screens,
- :class:`~c10k_tui.screens.race.time_line_drag.TimeLineDrag` handles the mouse on the time line,
- :class:`~c10k_tui.session.session.Session` changes the race and its time.

Textual calls a method ``action_x`` for a key that is bound to ``x``. So each key of
:mod:`c10k_tui.screens.race.keys` has one such method below, which names the part that handles it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, ParamSpec

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from c10k_tui.screens.race.display import RaceDisplay
from c10k_tui.screens.race.grid_cursor import Pointing, Viewpoint
from c10k_tui.screens.race.keys import GRID_BINDINGS, RACE_BINDINGS
from c10k_tui.screens.race.opened_screens import Opening
from c10k_tui.screens.race.recording_keys import RecordingKeys, refused_figures
from c10k_tui.screens.race.room_plan import Panel
from c10k_tui.screens.race.time_line_drag import TimeLineDrag
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.screens.race.widgets.lane_row import LaneRow
from c10k_tui.screens.race.widgets.time_line import TimeLine
from c10k_tui.screens.shared.box import Result
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.host_lane_switch import HostLaneSwitch
from c10k_tui.session.measured_figures import HostLaneSeen
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.session.session import Session
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import N_, _
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario

Arguments = ParamSpec("Arguments")


class RaceScreen(KeyedScreen[str]):
    """The screen with the race.

    Args:
        session: The race and its pace.
        clock: The session's clock.
        recording: The recording that the recording keys control.
        stepped: True if the caller calls :meth:`tick` for each frame; False if a timer calls it.
    """

    KEYS: ClassVar[Sequence[Binding]] = RACE_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*RACE_BINDINGS, *GRID_BINDINGS]
    BINDING_GROUP_TITLE = N_("Race")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-huge")]

    def __init__(
        self,
        session: Session,
        clock: Callable[[], float],
        recording: RecordingKeys,
        *,
        stepped: bool = False,
    ) -> None:
        super().__init__(self.draw)
        session.travel.following = None
        self.session = session
        self._recording = recording
        self._stepped = stepped
        self.host_lane = HostLaneSwitch(time.perf_counter, recording.figures)
        """The lane on the real kernel. It uses wall time, even if the session has another clock."""
        racing = session.scenario.lanes
        self.lanes = LaneRow(name for name in LANES if name in racing or LANE_TEXTS[name].key)
        feed = Feed(id="feed")
        self.pointing = Pointing(session, self.lanes, feed)
        self._opening = Opening(session, self, self.pointing, feed, recording, clock)
        self._drag = TimeLineDrag(session, self.changed)
        self._display = RaceDisplay(
            session,
            clock,
            self.lanes,
            feed,
            self.pointing,
            self.host_lane,
            self._lanes_changed,
        )

    def compose(self) -> ComposeResult:
        yield from self._display.compose()

    def on_mount(self) -> None:
        self._display.mounted()
        self._show_lanes()
        self._timer = self.set_interval(1 / FRAMES_PER_S, self.tick, pause=self._stepped)

    def start_timer(self) -> None:
        """Let a timer call :meth:`tick` from now on."""
        self._timer.resume()

    def on_unmount(self) -> None:
        self.host_lane.close()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(self._display.resized(*event.size), "-small")
        self._display.take_rooms()
        self.call_after_refresh(self.draw)

    # -- frames -----------------------------------------------------------------------------

    def tick(self) -> None:
        """Advance the race by the time that has passed, and show it."""
        if self._opening.away:
            self._opening.tick()
            return
        self._drag.seek()
        moved = self.session.tick()
        self.host_lane.step(self.session.race)
        with_text = self._display.text_due
        if moved or with_text:
            self._display.draw(with_text=with_text, moved=moved)

    def draw(self) -> None:
        """Draw every part of the screen now."""
        self._display.draw(with_text=True, moved=False)

    def _lanes_changed(self) -> None:
        self.call_after_refresh(self._show_lanes)

    def _show_lanes(self) -> None:
        """Show the panels of the racing lanes. They are drawn as soon as the layout has set their sizes."""
        names = self.session.scenario.lanes
        if not self.lanes.show_lanes(names, self._display.rooms.zoomed):
            return
        self._display.take_rooms()
        self.set_class(len(names) > 2, "-three")
        self.set_class(len(names) > 3, "-four")
        self.call_after_refresh(self.draw)

    # -- what the parts ask of the screen ---------------------------------------------------

    def changed(self) -> None:
        """Show a change by the user at once. A change of the layout becomes visible one refresh later."""
        self.set_class(self.host_lane.on, "-hosting")
        self._display.take_rooms()
        self.call_after_refresh(self._show_lanes)
        self._display.make_stale()
        self.draw()

    def push(self, screen: Screen[Result], left: Callable[[Result | None], None] | None = None) -> None:
        """Put a screen on top.

        Args:
            screen: The screen.
            left: Called with the screen's result when the user leaves it.
        """
        self.app.push_screen(screen, left)

    # -- what a replay asks of the screen -----------------------------------------------------

    @property
    def viewpoint(self) -> Viewpoint:
        """The place that the user looks at."""
        return Viewpoint(self.pointing.block, self.query_one(Feed).held, self.focused)

    def look_from(self, viewpoint: Viewpoint) -> None:
        """Go back to the place of an earlier viewpoint."""
        self.set_focus(viewpoint.focused)
        self.pointing.point_at(viewpoint.block)
        self.query_one(Feed).hold(viewpoint.row)
        self.draw()

    # -- messages of widgets ----------------------------------------------------------------

    def on_grid_cursor_moved(self, event: Grid.CursorMoved) -> None:
        event.stop()
        if event.place is None:
            self.pointing.leave()
        else:
            self.pointing.point_at(event.grid.model.layout.block(event.place))
        self.draw()

    def on_time_line_scrubbed(self, event: TimeLine.Scrubbed) -> None:
        event.stop()
        self.action_scrub(event.direction)

    def on_time_line_sought(self, event: TimeLine.Sought) -> None:
        event.stop()
        self._drag.point_at(event.at_ns, held=event.held)

    def on_feed_chosen(self, event: Feed.Chosen) -> None:
        event.stop()
        self._do(self.session.travel.pause_at, event.at_ns)

    # -- keys: the race ---------------------------------------------------------------------

    def _do(self, change: Callable[Arguments, object], *args: Arguments.args, **kw: Arguments.kwargs) -> None:
        """Make a change and show it at once."""
        change(*args, **kw)
        self.changed()

    def action_fds(self, direction: int) -> None:
        self._do(self.session.climb_fds, direction)

    def action_active(self, direction: int) -> None:
        self._do(self.session.climb_active, direction)

    def action_rate(self, direction: int) -> None:
        self._do(self.session.climb_rate, direction)

    def action_speed(self, direction: int) -> None:
        self._do(self.session.climb_speed, direction)

    def action_pause(self) -> None:
        self._do(self.session.pause)

    def action_reset(self) -> None:
        self._do(self.session.reset)

    def action_new_seed(self) -> None:
        self._do(self.session.new_seed)

    def action_lane(self, name: str) -> None:
        self._do(self.session.toggle_lane, name)

    def action_preset(self, name: str) -> None:
        self._do(self.session.preset, name)

    def action_next_preset(self) -> None:
        self._do(self.session.next_preset)

    def action_cure(self) -> None:
        self._do(self.session.cure)

    def action_fd_setsize(self) -> None:
        self._do(self.session.toggle_fd_setsize)

    # -- keys: panels -----------------------------------------------------------------------

    def action_details(self) -> None:
        self._do(lambda: self.session.say(self._display.rooms.toggle_details(self._display.plan)))

    def action_panel(self, name: str) -> None:
        self._do(lambda: self.session.say(self._display.rooms.toggle_panel(Panel(name), self._display.plan)))

    def action_zoom(self) -> None:
        self._do(lambda: self.session.say(self._display.rooms.zoom_next(self.lanes.racing)))

    # -- keys: time -------------------------------------------------------------------------

    def action_step_event(self) -> None:
        self._do(self.session.travel.step_event)

    def action_step_syscall(self) -> None:
        self._do(self.session.travel.step_syscall)

    def action_step_back_event(self) -> None:
        self._do(self.session.travel.step_back_event)

    def action_step_back_syscall(self) -> None:
        self._do(self.session.travel.step_back_syscall)

    def action_scrub(self, direction: int) -> None:
        self._do(self.session.travel.scrub, direction)

    def action_marker(self, direction: int) -> None:
        self._do(self.session.travel.go_to_marker, direction)

    def action_start(self) -> None:
        self._do(self.session.travel.go_to_start)

    def action_present(self) -> None:
        self._do(self.session.travel.go_to_present)

    def action_next_branch(self) -> None:
        self._do(self.session.travel.go_to_next_branch)

    # -- keys: boxes, and screens in the race's place ---------------------------------------

    def action_help(self) -> None:
        self._opening.help()

    def action_enter_fds(self) -> None:
        self._opening.enter_fds()

    def action_choose_lanes(self) -> None:
        self._opening.choose_lanes()

    def action_presets(self) -> None:
        self._opening.presets()

    def action_curve(self) -> None:
        self._opening.curve()

    def action_compare(self) -> None:
        self._opening.comparison()

    def action_capacity(self) -> None:
        self._opening.capacity()

    def action_path(self) -> None:
        self._opening.path()

    # -- keys: cursor and feed --------------------------------------------------------------

    def action_move(self, dx: int, dy: int) -> None:
        self.pointing.move(dx, dy)

    def action_leave(self) -> None:
        self.pointing.leave()
        self.draw()

    def action_follow(self) -> None:
        self._opening.follow()

    def action_newest(self) -> None:
        self.query_one(Feed).newest()

    # -- keys: the host lane ----------------------------------------------------------------

    def action_host(self) -> None:
        self._do(self._switch_host_lane, self.host_lane.toggle)

    def action_host_mechanism(self) -> None:
        self._do(self._switch_host_lane, self.host_lane.next_mechanism)

    def _switch_host_lane(self, switch: Callable[[Scenario], str]) -> None:
        if not refused_figures(self._recording, self.session.say, HostLaneSeen, _("the host lane")):
            self.session.say(switch(self.session.scenario))

    # -- keys: recording --------------------------------------------------------------------

    def action_record(self) -> None:
        self.host_lane.close()  # Its measured figures would differ in a replay.
        self._recording.record_key()

    def action_pause_recording(self) -> None:
        self._recording.pause_key()

    def action_mark(self) -> None:
        self._recording.mark_key()
