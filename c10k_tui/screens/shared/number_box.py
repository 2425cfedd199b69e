"""A dialog that asks for one whole number, and says at once if it is not possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from c10k_tui.screens.shared.box import Box
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.lines import Lines
from sim.scenario.units import parse_count


class NumberScreen(Box[int | None]):
    """A question, a field, and a line that says why a number is not possible.

    Args:
        question: The question.
        proposed: First content of the field.
        hint: Words for the possible input, shown while the input is valid.
        why_not: Returns the reason why a number is not possible; None if it is possible.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Never mind", id="number.cancel", tooltip="Close without a change")
    ]

    def __init__(self, question: str, proposed: str, hint: str, why_not: Callable[[int], str | None]) -> None:
        super().__init__()
        self._question = question
        self._proposed = proposed
        self._why_not = why_not
        self._hint = hint
        self._message = Lines(id="number-hint")

    def compose(self) -> ComposeResult:
        with Vertical(id="number-box") as box:
            box.border_title = self._question
            box.border_subtitle = "enter: yes · esc: no"
            field = Input(self._proposed, id="number-input", select_on_focus=True, compact=True)
            field.cursor_blink = False  # A picture must not depend on the time at which it is taken.
            yield field
            yield self._message

    def on_mount(self) -> None:
        self._say(())

    def on_input_changed(self, event: Input.Changed) -> None:
        _, wrong = self._read(event.value)
        self._say(((wrong, "alarm"),) if wrong else ())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        number, wrong = self._read(event.value)
        if wrong:
            self._say(((wrong, "alarm"),))
        else:
            self.dismiss(number)

    def _read(self, text: str) -> tuple[int | None, str | None]:
        """The number (None if the text is no number), and the reason why it is not possible (None if it
        is).
        """
        try:
            number = parse_count(text)
        except ValueError as error:
            return None, str(error)
        return number, self._why_not(number)

    def _say(self, line: Line) -> None:
        self._message.show([line or ((self._hint, "dim"),)])
