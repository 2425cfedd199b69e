"""The capacity screen: the number of connections that each lane holds, and the limit that it meets beyond.

Each frame continues the search (:mod:`c10k_tui.screens.capacity.model`), so the bars grow on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from c10k_tui.screens.capacity.help_page import CAPACITY_PAGE
from c10k_tui.screens.capacity.keys import CAPACITY_BINDINGS
from c10k_tui.screens.capacity.model import CapacityModel
from c10k_tui.screens.capacity.views.chart import chart_lines, rows_needed
from c10k_tui.screens.capacity.words import explanation, heading
from c10k_tui.screens.shared.working_screen import WorkingScreen
from c10k_tui.session.session import Session
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line

LEAST_EXPLANATION = 3
"""Least height of the explanation below the chart."""


class CapacityContent:
    """The content of the capacity screen.

    Args:
        model: The capacities found so far.
    """

    def __init__(self, model: CapacityModel) -> None:
        self._model = model

    def compute(self) -> bool:
        """Search for one frame; False if all capacities are known."""
        return self._model.compute()

    def heading(self, notice: str, width: int) -> Line:
        """The line at the top."""
        return heading(self._model, notice, width)

    def frame_words(self) -> tuple[str, str]:
        """The title and the subtitle of the chart."""
        return _("what breaks at 10K, and what next "), _("connections, logarithmic →")

    def body_height(self, height: int) -> int:
        """Height of the chart with its frame, on a screen of this height."""
        return min(rows_needed() + 2, height - 2 - LEAST_EXPLANATION)

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        """The chart."""
        return chart_lines(self._model, width, height)

    def explanation(self, width: int, height: int) -> Sequence[Line]:
        """The explanation of the chart and of the chosen lane."""
        return explanation(self._model, width, height)


class CapacityScreen(WorkingScreen):
    """The chart. The result is a scenario to race, or None to continue the race.

    Args:
        session: The race, which stands still behind this screen.
        model: The capacities found so far.
        is_stepping: Returns True while the app is run frame by frame.
        folder: Folder for exported pictures; None for the current one.
    """

    KEYS: ClassVar[Sequence[Binding]] = CAPACITY_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*CAPACITY_BINDINGS]
    BINDING_GROUP_TITLE = N_("Capacity")

    def __init__(
        self,
        session: Session,
        model: CapacityModel,
        is_stepping: Callable[[], bool],
        folder: Path | None = None,
    ) -> None:
        super().__init__(session, CapacityContent(model), _("the capacity chart"), CAPACITY_PAGE, is_stepping)
        self.model = model
        self._folder = folder or Path.cwd()

    # -- keys -------------------------------------------------------------------------------

    def action_limit(self, direction: int) -> None:
        self.change(lambda: self.model.climb_limit(direction))

    def action_active(self, direction: int) -> None:
        self.change(lambda: self.model.climb_active(direction))

    def action_rate(self, direction: int) -> None:
        self.change(lambda: self.model.climb_rate(direction))

    def action_move(self, rows: int) -> None:
        self.change(lambda: self.model.move(rows))

    def action_race(self) -> None:
        self.dismiss(self.model.beyond())

    def action_export(self) -> None:
        from c10k_tui.charts.export import export_page
        from c10k_tui.screens.capacity.views.page import capacity_page

        if self.is_stepping():
            self.say(_("pictures are not written while recording"))
            return
        try:
            paths = export_page(*capacity_page(self.model), self.model.file_stem(), self._folder)
        except OSError as error:
            self.say(
                _(
                    "not written: {strerror} ({filename})",
                    strerror=error.strerror or error,
                    filename=error.filename or self._folder,
                )
            )
            return
        self.say(_("written: ") + " and ".join(path.name for path in paths))
