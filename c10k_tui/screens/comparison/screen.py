"""The comparison screen: who scans, who copies, who wakes, who holds the list, in one table.

Rows are computed in the frames (:mod:`c10k_tui.screens.comparison.model`). Measuring is a worker, a thread
that asks the measuring process for one lane after the other and hands finished values over by message.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from c10k_tui.screens.comparison.keys import COMPARISON_BINDINGS
from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.screens.comparison.views.table import rows_needed, table_lines
from c10k_tui.screens.comparison.words import heading, legend_sentences, told
from c10k_tui.screens.shared.help_screen import HelpPage
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.session import Session
from c10k_tui.text.styled_text import Line, text_of
from sim.scenario.lanes import LANES
from sim.studies.host_comparison import CONNECTIONS, HostComparison, sweep

INTRODUCTION = (
    "Every way of waiting at one size and one load. Each lane has a short race of its own, alone, on the "
    "same arrivals as the others; all figures are simulated, by the cost table named at the top right.",
    *(text_of(sentence) for sentence in legend_sentences()),
)
LEAST_TOLD = 4
"""Lines that stay for words beneath the table."""


class ComparisonScreen(WorkingScreen):
    """The table; leaving it gives a scenario to race, or None to go on with the race.

    Args:
        session: The race that stands still.
        model: What is shown.
    """

    KEYS: ClassVar[Sequence[Binding]] = COMPARISON_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON_BINDINGS]
    BINDING_GROUP_TITLE = "Comparison"
    PAGE = HelpPage(
        INTRODUCTION,
        False,
        (("Keys", (*COMPARISON_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="By name"))),),
    )
    SUBJECT = "the comparison"

    class Measured(Message):
        """A lane that was measured, or could not be."""

        def __init__(self, beside: HostComparison) -> None:
            super().__init__()
            self.beside = beside

    class Refused(Message):
        """Nothing can be measured here; the words say why."""

        def __init__(self, why_not: str) -> None:
            super().__init__()
            self.why_not = why_not

    def __init__(self, session: Session, model: ComparisonModel) -> None:
        super().__init__(session)
        self.model = model
        self._measuring = False

    # -- drawing ----------------------------------------------------------------------------

    def compute(self) -> bool:
        return self.model.compute()

    def heading(self, notice: str, width: int) -> Sequence[Line]:
        return [heading(self.model, notice, width)]

    def frame_words(self) -> tuple[str, str]:
        told = "for each event; wake-up and memory: each one"
        if self.model.shows_measured:
            told = f"simulated, measured: one request, {CONNECTIONS} connections"
        return "who scans, who copies, who wakes, who holds the list ", told

    def body_height(self, height: int) -> int:
        return min(rows_needed(self.model) + 2, height - 2 - LEAST_TOLD)

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        return table_lines(self.model, width, height)

    def told_lines(self, width: int, height: int) -> Sequence[Line]:
        return told(self.model, self._busy(), width, height)

    def _busy(self) -> str:
        """What is being measured, in words."""
        if not self._measuring:
            return ""
        return f" measuring on this machine's kernel: {len(self.model.beside)} of {len(LANES)} · h: stop "

    # -- measuring --------------------------------------------------------------------------

    def action_measure(self) -> None:
        model = self.model
        if self.is_stepped:
            self.say("measuring is not recorded: it would not come out the same again")
            return
        if self._measuring:
            self.workers.cancel_group(self, "measure")
            self._measuring = False
            self.say("measuring stopped")
            return
        model.shows_measured = not model.shows_measured
        left = [lane for lane in LANES if lane not in model.beside]
        if model.shows_measured and left:
            self._measuring = True
            self._measure(left)
        self.draw()

    @work(thread=True, exclusive=True, group="measure", exit_on_error=True)
    def _measure(self, lanes: list[str]) -> None:
        from sim.host.measuring.measurement import CannotMeasure
        from sim.host.measuring.meter import Meter

        worker = get_current_worker()
        try:
            with Meter() as meter:
                for beside in sweep(lanes, meter, self.model.costs):
                    if worker.is_cancelled:
                        return
                    self.post_message(self.Measured(beside))
        except CannotMeasure as why_not:
            self.post_message(self.Refused(str(why_not)))

    def on_comparison_screen_measured(self, event: Measured) -> None:
        self.model.beside[event.beside.lane] = event.beside
        self.draw()

    def on_comparison_screen_refused(self, event: Refused) -> None:
        self._measuring = False
        self.model.shows_measured = False
        self.say(f"simulated only: {event.why_not}")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "measure" and event.state == WorkerState.SUCCESS and self._measuring:
            self._measuring = False
            self.draw()

    # -- keys -------------------------------------------------------------------------------

    def action_fds(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_fds(direction))

    def action_active(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_active(direction))

    def action_rate(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_rate(direction))

    def action_move(self, rows: int, columns: int) -> None:
        self.changed(lambda: self.model.move(rows, columns))

    def action_sort(self) -> None:
        self.changed(self.model.sort)

    def action_race(self) -> None:
        self.dismiss(self.model.scenario)
