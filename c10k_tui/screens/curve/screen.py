"""The curve screen: the cost of a wake-up against the number of descriptors, simulated and measured.

Two worker threads compute. One simulates costs; a point with thousands of ready descriptors takes a second.
The other asks the measuring process for one point after the other, if the user starts a measurement. Only the
screen changes the model: simulated costs come as messages, and measured points with the frames
(:mod:`c10k_tui.session.measured_figures`).

While the app runs frame by frame, for a recording or a replay, nothing may depend on how fast a thread is. So
the frames simulate the costs, as much in each as a price list allows, and a replay measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import get_current_worker

from c10k_tui.charts.export import export
from c10k_tui.screens.curve.help_page import CURVE_PAGE
from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.curve.model import CurveModel
from c10k_tui.screens.curve.views.plot import plot_lines
from c10k_tui.screens.curve.words import explanation, heading, legend_line
from c10k_tui.screens.shared.help_screen import HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.measured_figures import (
    GivenFigure,
    MeasuredFigures,
    MeasurementBegun,
    MeasurementRefused,
    PointMeasured,
)
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.host.measuring.points import Point
from sim.scenario.scenario import Active, Scenario
from sim.studies.benchmark import break_even_fds, simulated_ns, sweep

NOTICE_S = 6.0
"""Seconds that a notice stays; names of files take longer to read than other notices."""
LEAST_WIDTH, LEAST_HEIGHT = 80, 24
FRAME_PRICE_S = 0.01
"""Price in seconds of the points that are simulated in one frame; one point may cost more."""
POINT_S, FD_S, READY_S = 2e-4, 8e-9, 5e-6
"""Price list of a simulated point, in seconds: for the point, for each of its descriptors, and for each ready
one. A price list and not a clock, so that every machine simulates the same points in a frame.
"""
BreakEven = tuple[str, Active, str]


def point_price_s(point: Point) -> float:
    """The price of simulating a point, in seconds."""
    return POINT_S + FD_S * point.fds + READY_S * point.active


class CurveScreen(KeyedScreen[Scenario | None]):
    """The plot. The result is a scenario to race, or None to continue the race.

    Args:
        model: The state of the screen.
        figures: The place that measured points come from.
        clock: The clock of the session.
        folder: Folder for exported pictures; None for the current one.
    """

    KEYS: ClassVar[Sequence[Binding]] = CURVE_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*CURVE_BINDINGS]
    BINDING_GROUP_TITLE = "Curve"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]

    class Simulated(Message):
        """Simulated costs, or exact break-evens, are known."""

        def __init__(
            self, costs_ns: list[tuple[Point, int]], turns: list[tuple[BreakEven, int | None]]
        ) -> None:
            super().__init__()
            self.costs_ns = costs_ns
            self.turns = turns

    def __init__(
        self,
        model: CurveModel,
        figures: MeasuredFigures,
        clock: Callable[[], float],
        folder: Path | None = None,
    ) -> None:
        super().__init__(self.draw)
        self.model = model
        self._figures = figures
        self._clock = clock
        self._folder = folder or Path.cwd()
        self._head = Lines(id="curve-head")
        self._chart = Lines(id="chart")
        self._explanation = Lines(id="curve-explanation")
        self._notice = ""
        self._notice_until_s = 0.0
        self._measuring: tuple[int, int] | None = None
        """Number of points measured and number of all points; None while nothing is measured."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._chart
        yield self._explanation
        yield KeyFooter(CURVE_BINDINGS, id="curve-footer")

    def on_mount(self) -> None:
        self._figures.give_to(self.take)
        self._changed()

    def on_unmount(self) -> None:
        self._figures.give_to(None)

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.draw)

    # -- drawing --------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the whole screen."""
        width, height = self.size
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            words = (
                f"the curve needs {LEAST_WIDTH}×{LEAST_HEIGHT}, this terminal is {width}×{height}: enlarge it"
            )
            self._head.show([((words, "strong"),)])
            self._chart.show([])
            self._explanation.show([])
            return
        chart = self.model.chart()
        self._head.show([heading(self.model, self._notice, width), legend_line(chart)])
        entitle(self._chart, f"{chart.title} ", f"{chart.x_label} →")
        self._chart.show(plot_lines(chart, *self._chart.size))
        self._explanation.show(explanation(self.model, chart, self._busy(), *self._explanation.size))

    def _busy(self) -> str:
        """Progress of the measurement; empty while nothing is measured."""
        if self._measuring is not None:
            done, whole = self._measuring
            return f" measuring on this machine's kernel: {done} of {whole} points · m: stop "
        return ""

    def say(self, words: str) -> None:
        """Show a notice for a while."""
        self._notice = words
        self._notice_until_s = self._clock() + NOTICE_S
        self.draw()

    def tick(self) -> None:
        """Do the work of one frame: the race screen behind this one calls it."""
        if self._figures.in_frames:
            self._simulate_in_frame()
        else:
            self._figures.pass_on_offered()
        if self._notice and self._clock() >= self._notice_until_s:
            self._notice = ""
            self.draw()

    def go_on_freely(self) -> None:
        """The app no longer runs frame by frame: simulate in the thread, and measure on this machine."""
        if self._measuring is not None and not any(
            worker.group == "measure" and worker.is_running for worker in self.workers
        ):
            self._measuring = None  # The points came from a recording.
        self._changed()

    def _changed(self) -> None:
        """Draw the changed model, and simulate its unknown points."""
        self._notice = ""
        self.set_class(self.model.paper is not None, "-paper")
        missing, turns = self.model.missing(), self.model.break_even_missing()
        if (missing or turns) and not self._figures.in_frames:
            self._simulate(missing, turns)
        self.draw()
        # A paper's words need more room: the widgets get new sizes in the next layout.
        self.call_after_refresh(self.draw)

    # -- computing ------------------------------------------------------------------------

    def _simulate_in_frame(self) -> None:
        """Simulate some unknown points, or some unknown break-evens."""
        costs, price_s = self.model.costs, 0.0
        missing, turns = self.model.missing(), self.model.break_even_missing()
        for point in missing:
            if price_s >= FRAME_PRICE_S:
                break
            self.model.learn([(point, simulated_ns(point, costs))])
            price_s += point_price_s(point)
        if turns and not missing:
            name, active, wait = turns[0]
            self.model.learn_break_even(turns[0], break_even_fds(costs, name, active, wait))
        if missing or turns:
            self.draw()

    @work(thread=True, exclusive=True, group="simulate", exit_on_error=True)
    def _simulate(self, missing: list[Point], turns: list[BreakEven]) -> None:
        worker = get_current_worker()
        costs = self.model.costs
        known: list[tuple[Point, int]] = []
        for point in missing:
            known.append((point, simulated_ns(point, costs)))
            if worker.is_cancelled:
                break
            if point.active > 1_000:
                self.post_message(self.Simulated(known, []))
                known = []
        self.post_message(self.Simulated(known, []))
        for key in turns:
            if worker.is_cancelled:
                return
            name, active, wait = key
            self.post_message(self.Simulated([], [(key, break_even_fds(costs, name, active, wait))]))

    def on_curve_screen_simulated(self, event: Simulated) -> None:
        self.model.learn(event.costs_ns)
        for key, fds in event.turns:
            self.model.learn_break_even(key, fds)
        self.draw()

    # -- measuring ------------------------------------------------------------------------

    def action_measure(self) -> None:
        if self._measuring is not None:
            self.workers.cancel_group(self, "measure")
            self._measuring = None
            self.say("measuring stopped")
            return
        if self._figures.refuses(MeasurementBegun):
            self.say("measuring is not recorded: it would not come out the same again")
            return
        if self.model.paper is not None:
            self.say("a paper's machine cannot be measured here: p to the plain curve first")
            return
        points = [point for point in self.model.points() if point not in self.model.measured]
        if not points:
            self.say("all of these points are measured")
            return
        self._measuring = (0, len(points))
        self._figures.note(MeasurementBegun())
        if self._figures.measures:
            self._measure(points)
        self.draw()

    @work(thread=True, exclusive=True, group="measure", exit_on_error=True)
    def _measure(self, points: list[Point]) -> None:
        from sim.host.measuring.measurement import CannotMeasure
        from sim.host.measuring.meter import Meter

        worker = get_current_worker()
        try:
            with Meter() as meter:
                for row in sweep(points, self.model.costs, meter):
                    if worker.is_cancelled:
                        return
                    self._figures.offer(PointMeasured(row.point, row.measured_ns, row.why_not, row.noisy))
        except CannotMeasure as why_not:
            self._figures.offer(MeasurementRefused(str(why_not)))

    def take(self, figure: GivenFigure) -> None:
        """Take a measured point, or the reason why nothing can be measured."""
        if self._measuring is None:
            return  # The user has stopped measuring meanwhile.
        if isinstance(figure, MeasurementRefused):
            self._measuring = None
            self.say(f"simulated only: {figure.why_not}")
            return
        if not isinstance(figure, PointMeasured):
            return
        self.model.take_measured(figure)
        done, whole = self._measuring
        self._measuring = (done + 1, whole) if done + 1 < whole else None
        self.draw()

    # -- keys -----------------------------------------------------------------------------

    def _turn(self, change: Callable[[], None]) -> None:
        change()
        self._changed()

    def action_fds(self, direction: int) -> None:
        self._turn(lambda: self.model.climb_fds(direction))

    def action_active(self, direction: int) -> None:
        self._turn(lambda: self.model.climb_active(direction))

    def action_axis(self) -> None:
        self._turn(self.model.turn_axis)

    def action_wait(self) -> None:
        self._turn(self.model.turn_wait)

    def action_paper(self, direction: int) -> None:
        self._turn(lambda: self.model.turn_paper(direction))

    def action_race(self) -> None:
        if self.model.paper is None:
            self.say("p chooses a paper first; then g races its situation")
        else:
            self.dismiss(self.model.paper.scenario)

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(CURVE_PAGE))

    def action_export(self) -> None:
        if self._figures.in_frames:
            self.say("pictures are not written while recording")
            return
        chart = replace(self.model.chart(), notes=self.model.notes())
        try:
            paths = export([chart], self.model.file_stem(), self._folder)
        except OSError as error:
            self.say(f"not written: {error.strerror or error} ({error.filename or self._folder})")
            return
        self.say("written: " + " and ".join(path.name for path in paths))
