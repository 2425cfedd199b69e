"""The comparison screen: one table of all lanes: scans, copies, wake-ups, memory, and the keeper of the list.

Each frame continues the trials (:mod:`c10k_tui.screens.comparison.model`). Measuring runs in a worker thread:
it asks the measuring process for one lane after the other and posts each result as a message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from c10k_tui.screens.comparison.help_page import COMPARISON_PAGE
from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.screens.comparison.views.table import rows_needed, table_lines
from c10k_tui.screens.comparison.words import explanation, heading
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.session import Session
from c10k_tui.text.styled_text import Line
from sim.scenario.lanes import LANES
from sim.studies.host_comparison import CONNECTIONS, HostComparison, sweep

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
        is_stepping: Returns True while the app is run frame by frame.
    """

    KEYS: ClassVar[Sequence[Binding]] = COMPARISON_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON_BINDINGS]
    BINDING_GROUP_TITLE = "Comparison"

    class LaneMeasured(Message):
        """A lane was measured, or could not be measured."""

        def __init__(self, comparison: HostComparison) -> None:
            super().__init__()
            self.comparison = comparison

    class LanesRefused(Message):
        """Nothing can be measured here; ``why_not`` says why."""

        def __init__(self, why_not: str) -> None:
            super().__init__()
            self.why_not = why_not

    def __init__(self, session: Session, model: ComparisonModel, is_stepping: Callable[[], bool]) -> None:
        table = ComparisonContent(model)
        super().__init__(session, table, "the comparison", COMPARISON_PAGE, is_stepping)
        self.model = model
        self._table = table

    # -- measuring --------------------------------------------------------------------------

    def action_measure(self) -> None:
        model = self.model
        if self.is_stepping():
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
                    self.post_message(self.LaneMeasured(comparison))
        except CannotMeasure as why_not:
            self.post_message(self.LanesRefused(str(why_not)))

    def on_comparison_screen_lane_measured(self, event: LaneMeasured) -> None:
        self.model.host_comparisons[event.comparison.lane] = event.comparison
        self.draw()

    def on_comparison_screen_lanes_refused(self, event: LanesRefused) -> None:
        self._table.measuring = False
        self.model.shows_measured = False
        self.say(f"simulated only: {event.why_not}")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "measure" and event.state == WorkerState.SUCCESS and self._table.measuring:
            self._table.measuring = False
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
