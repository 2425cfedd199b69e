"""A screen whose keys are one list of bindings: the command palette offers the same keys by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.screen import Screen

from c10k_tui.screens.shared.box import Result, is_on_top, no_screen_left
from c10k_tui.widgets.lines import Painted


class KeyedScreen(Screen[Result]):
    """A screen with a list of keys, which draws itself again when the theme changes.

    Args:
        draw: Draws everything on the screen.
    """

    KEYS: ClassVar[Sequence[Binding]] = ()
    """The keys that the palette offers."""

    def __init__(self, draw: Callable[[], None]) -> None:
        super().__init__()
        self._draw_all = draw

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen with a result. Nothing happens if it has been left already."""
        return super().dismiss(result) if is_on_top(self) else no_screen_left()

    def commands(self) -> Iterable[SystemCommand]:
        """The keys as commands of the palette."""
        for binding in self.KEYS:
            yield SystemCommand(binding.description, binding.tooltip, self._runner(binding))

    def _runner(self, binding: Binding) -> Callable[[], None]:
        def run() -> None:
            self.call_later(self.run_action, binding.action)

        return run

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _theme: object) -> None:
        for widget in self.query(Painted):
            widget.repaint()
        self._draw_all()
