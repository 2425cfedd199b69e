"""The curve screen: the cost of a wake-up against the number of descriptors, simulated and measured.

Two worker threads compute. One simulates costs; a point with thousands of ready descriptors takes a second.
The other asks the measuring process for one point after the other, if the user starts a measurement. Both
post results as messages, and only the screen changes the model.
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
from textual.worker import Worker, WorkerState, get_current_worker

from c10k_tui.charts.export import export
from c10k_tui.screens.curve.help_page import CURVE_PAGE
from c10k_tui.screens.curve.keys import CURVE_BINDINGS
from c10k_tui.screens.curve.model import CurveModel
from c10k_tui.screens.curve.views.plot import plot_lines
from c10k_tui.screens.curve.words import explanation, heading, legend_line
from c10k_tui.screens.shared.help_screen import HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.host.measuring.points import Point
from sim.scenario.scenario import Active, Scenario
from sim.studies.benchmark import BenchmarkRow, break_even_fds, simulated_ns, sweep

NOTICE_S = 6.0
"""Seconds that a notice stays; names of files take longer to read than other notices."""
LEAST_WIDTH, LEAST_HEIGHT = 80, 24
BreakEven = tuple[str, Active, str]


class CurveScreen(KeyedScreen[Scenario | None]):
    """The plot. The result is a scenario to race, or None to continue the race.

    Args:
        model: The state of the screen.
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

    class PointMeasured(Message):
        """A point was measured, or could not be measured."""

        def __init__(self, row: BenchmarkRow) -> None:
            super().__init__()
            self.row = row

    class PointsRefused(Message):
        """Nothing can be measured here; ``why_not`` says why."""

        def __init__(self, why_not: str) -> None:
            super().__init__()
            self.why_not = why_not

    def __init__(self, model: CurveModel, folder: Path | None = None) -> None:
        super().__init__(self.draw)
        self.model = model
        self._folder = folder or Path.cwd()
        self._head = Lines(id="curve-head")
        self._chart = Lines(id="chart")
        self._explanation = Lines(id="curve-explanation")
        self._notice = ""
        self._measuring: tuple[int, int] | None = None
        """Number of points measured and number of all points; None while nothing is measured."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._chart
        yield self._explanation
        yield KeyFooter(CURVE_BINDINGS, id="curve-footer")

    def on_mount(self) -> None:
        self._changed()

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
        self.draw()
        if words:
            self.set_timer(NOTICE_S, lambda: self._unsay(words))

    def _unsay(self, words: str) -> None:
        if self._notice == words:
            self._notice = ""
            self.draw()

    def _changed(self) -> None:
        """Draw the changed model, and simulate its unknown points."""
        self._notice = ""
        self.set_class(self.model.paper is not None, "-paper")
        missing, turns = self.model.missing(), self.model.break_even_missing()
        if missing or turns:
            self._simulate(missing, turns)
        self.draw()
        # A paper's words need more room: the widgets get new sizes in the next layout.
        self.call_after_refresh(self.draw)

    # -- computing ------------------------------------------------------------------------

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
        if self.model.paper is not None:
            self.say("a paper's machine cannot be measured here: p to the plain curve first")
            return
        points = [point for point in self.model.points() if point not in self.model.measured]
        if not points:
            self.say("all of these points are measured")
            return
        self._measuring = (0, len(points))
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
                    self.post_message(self.PointMeasured(row))
        except CannotMeasure as why_not:
            self.post_message(self.PointsRefused(str(why_not)))

    def on_curve_screen_point_measured(self, event: PointMeasured) -> None:
        self.model.take([event.row])
        if self._measuring is not None:
            done, whole = self._measuring
            self._measuring = (done + 1, whole)
        self.draw()

    def on_curve_screen_points_refused(self, event: PointsRefused) -> None:
        self._measuring = None
        self.say(f"simulated only: {event.why_not}")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "measure" and event.state == WorkerState.SUCCESS and self._measuring:
            self._measuring = None
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
        chart = replace(self.model.chart(), notes=self.model.notes())
        try:
            paths = export([chart], self.model.file_stem(), self._folder)
        except OSError as error:
            self.say(f"not written: {error.strerror or error} ({error.filename or self._folder})")
            return
        self.say("written: " + " and ".join(path.name for path in paths))
