"""The capacity screen: how many connections each lane holds, and what gives way beyond.

The search goes on in the frames (:mod:`c10k_tui.screens.capacity.model`), so the bars grow while one watches.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from c10k_tui.screens.capacity.keys import CAPACITY_BINDINGS
from c10k_tui.screens.capacity.model import CapacityModel
from c10k_tui.screens.capacity.views.chart import chart_lines, rows_needed
from c10k_tui.screens.capacity.words import HOW, heading, told
from c10k_tui.screens.shared.help_screen import HelpPage
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.session import Session
from c10k_tui.text.styled_text import Line

INTRODUCTION = (
    "How many connections each way of waiting holds, under one load, until something gives way: latency, "
    "drops or memory. The same as c10k-tui capacity tells. Every figure is simulated.",
    HOW,
)
LEAST_TOLD = 3
"""Lines that stay for words beneath the chart."""


class CapacityScreen(WorkingScreen):
    """The chart; leaving it gives a scenario to race, or None to go on with the race.

    Args:
        session: The race that stands still.
        model: What is shown.
        folder: Where exported pictures go.
    """

    KEYS: ClassVar[Sequence[Binding]] = CAPACITY_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*CAPACITY_BINDINGS]
    BINDING_GROUP_TITLE = "Capacity"
    PAGE = HelpPage(
        INTRODUCTION,
        False,
        (("Keys", (*CAPACITY_BINDINGS, Binding("ctrl+p", "", "Command palette", tooltip="By name"))),),
    )
    SUBJECT = "the capacity chart"

    def __init__(self, session: Session, model: CapacityModel, folder: Path | None = None) -> None:
        super().__init__(session)
        self.model = model
        self._folder = folder or Path.cwd()

    # -- drawing ----------------------------------------------------------------------------

    def compute(self) -> bool:
        return self.model.compute()

    def heading(self, notice: str, width: int) -> Sequence[Line]:
        return [heading(self.model, notice, width)]

    def frame_words(self) -> tuple[str, str]:
        return "what breaks at 10K, and what next ", "connections, logarithmic →"

    def body_height(self, height: int) -> int:
        return min(rows_needed() + 2, height - 2 - LEAST_TOLD)

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        return chart_lines(self.model, width, height)

    def told_lines(self, width: int, height: int) -> Sequence[Line]:
        return told(self.model, width, height)

    # -- keys -------------------------------------------------------------------------------

    def action_limit(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_limit(direction))

    def action_active(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_active(direction))

    def action_rate(self, direction: int) -> None:
        self.changed(lambda: self.model.climb_rate(direction))

    def action_move(self, rows: int) -> None:
        self.changed(lambda: self.model.move(rows))

    def action_race(self) -> None:
        self.dismiss(self.model.beyond())

    def action_export(self) -> None:
        from c10k_tui.charts.export import export_page
        from c10k_tui.screens.capacity.views.page import capacity_page

        if self.is_stepped:
            self.say("pictures are not written while recording")
            return
        try:
            paths = export_page(*capacity_page(self.model), self.model.file_stem(), self._folder)
        except OSError as error:
            self.say(f"not written: {error.strerror or error} ({error.filename or self._folder})")
            return
        self.say("written: " + " and ".join(path.name for path in paths))
