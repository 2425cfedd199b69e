"""The comparison screen: one table of all lanes: scans, copies, wake-ups, memory, and the keeper of the list.

Each frame continues the trials (:mod:`c10k_tui.screens.comparison.model`). Measuring runs in a worker thread:
it asks the measuring process for one lane after the other, and each result comes with a frame
(:mod:`c10k_tui.session.measured_figures`). A replay shows recorded results and measures nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from c10k_tui.screens.comparison.help_page import COMPARISON_PAGE
from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.screens.comparison.views.table import rows_needed, table_lines
from c10k_tui.screens.comparison.words import explanation, heading
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.measured_figures import (
    GivenFigure,
    LaneMeasured,
    MeasuredFigures,
    MeasurementRefused,
    TableMeasurementBegun,
)
from c10k_tui.session.session import Session
from c10k_tui.text.styled_text import Line
from sim.scenario.lanes import LANES
from sim.studies.host_comparison import CONNECTIONS, sweep

LEAST_EXPLANATION = 4
"""Least height of the explanation below the table."""


class ComparisonContent:
    """The content of the comparison screen.

    Args:
        model: The rows found so far.
    """

    def __init__(self, model: ComparisonModel) -> None:
        self._model = model
        self.measuring = False
        """True while lanes are being measured."""

    def compute(self) -> bool:
        """Run trials for one frame. Returns False if all rows are known."""
        return self._model.compute()

    def heading(self, notice: str, width: int) -> Line:
        """The line at the top."""
        return heading(self._model, notice, width)

    def frame_words(self) -> tuple[str, str]:
        """The title and the subtitle of the table."""
        subtitle = "for each event; wake-up and memory: each one"
        if self._model.shows_measured:
            subtitle = f"simulated, measured: one request, {CONNECTIONS} connections"
        return "who scans, who copies, who wakes, who holds the list ", subtitle

    def body_height(self, height: int) -> int:
        """Height of the table with its frame, on a screen of this height."""
        return min(rows_needed(self._model) + 2, height - 2 - LEAST_EXPLANATION)

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        """The table."""
        return table_lines(self._model, width, height)

    def explanation(self, width: int, height: int) -> Sequence[Line]:
        """The explanation of the table and of the chosen row and column."""
        return explanation(self._model, self._busy(), width, height)

    def _busy(self) -> str:
        """Progress of the measurement; empty while nothing is measured."""
        if not self.measuring:
            return ""
        done = len(self._model.host_comparisons)
        return f" measuring on this machine's kernel: {done} of {len(LANES)} · h: stop "


class ComparisonScreen(WorkingScreen):
    """The table. The result is a scenario to race, or None to continue the race.

    Args:
        session: The race, which stands still behind this screen.
        model: The rows found so far.
        figures: The place that measured lanes come from.
    """

    KEYS: ClassVar[Sequence[Binding]] = COMPARISON_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON_BINDINGS]
    BINDING_GROUP_TITLE = "Comparison"

    def __init__(self, session: Session, model: ComparisonModel, figures: MeasuredFigures) -> None:
        table = ComparisonContent(model)
        super().__init__(session, table, "the comparison", COMPARISON_PAGE, lambda: figures.in_frames)
        self.model = model
        self._figures = figures
        self._table = table

    def on_mount(self) -> None:
        self._figures.give_to(self.take)

    def on_unmount(self) -> None:
        self._figures.give_to(None)

    def tick(self) -> None:
        """Do the work of one frame, and show it."""
        if not self._figures.in_frames:
            self._figures.pass_on_offered()
        super().tick()

    def go_on_freely(self) -> None:
        """The app no longer runs frame by frame: measure on this machine."""
        running = any(worker.group == "measure" and worker.is_running for worker in self.workers)
        self._table.measuring = self._table.measuring and running
        self.draw()

    # -- measuring --------------------------------------------------------------------------

    def action_measure(self) -> None:
        model = self.model
        if self._figures.refuses(TableMeasurementBegun):
            self.say("measuring is not recorded: it would not come out the same again")
            return
        if self._table.measuring:
            self.workers.cancel_group(self, "measure")
            self._table.measuring = False
            self.say("measuring stopped")
            return
        model.shows_measured = not model.shows_measured
        left = [lane for lane in LANES if lane not in model.host_comparisons]
        if model.shows_measured and left:
            self._table.measuring = True
            self._figures.note(TableMeasurementBegun())
            if self._figures.measures:
                self._measure(left)
        self.draw()

    @work(thread=True, exclusive=True, group="measure", exit_on_error=True)
    def _measure(self, lanes: list[str]) -> None:
        from sim.host.measuring.measurement import CannotMeasure
        from sim.host.measuring.meter import Meter

        worker = get_current_worker()
        try:
            with Meter() as meter:
                for comparison in sweep(lanes, meter, self.model.costs):
                    if worker.is_cancelled:
                        return
                    self._figures.offer(LaneMeasured(comparison))
        except CannotMeasure as why_not:
            self._figures.offer(MeasurementRefused(str(why_not)))

    def take(self, figure: GivenFigure) -> None:
        """Take a measured lane, or the reason why nothing can be measured."""
        model = self.model
        if not self._table.measuring:
            return  # The user has stopped measuring meanwhile.
        if isinstance(figure, MeasurementRefused):
            self._table.measuring = model.shows_measured = False
            self.say(f"simulated only: {figure.why_not}")
        elif isinstance(figure, LaneMeasured):
            model.host_comparisons[figure.comparison.lane] = figure.comparison
            self._table.measuring = len(model.host_comparisons) < len(LANES)
            self.draw()

    # -- keys -------------------------------------------------------------------------------

    def action_fds(self, direction: int) -> None:
        self.change(lambda: self.model.climb_fds(direction))

    def action_active(self, direction: int) -> None:
        self.change(lambda: self.model.climb_active(direction))

    def action_rate(self, direction: int) -> None:
        self.change(lambda: self.model.climb_rate(direction))

    def action_move(self, rows: int, columns: int) -> None:
        self.change(lambda: self.model.move(rows, columns))

    def action_sort(self) -> None:
        self.change(self.model.sort)

    def action_race(self) -> None:
        self.dismiss(self.model.scenario)
