"""A screen whose keys are one list: the command palette gets its entries from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, TypeVar, cast

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from c10k_tui.widgets.lines import Painted

Result = TypeVar("Result")


class KeyedScreen(Screen[Result]):
    """A screen that says what its keys do."""

    KEYS: ClassVar[Sequence[Binding]] = ()
    """What the palette offers."""

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
        self.draw()

    def draw(self) -> None:
        """Show all of it as it is now."""
        raise NotImplementedError

    def action_theme(self) -> None:
        from c10k_tui.screens.shared.themed_app import ThemedApp

        cast(ThemedApp, self.app).next_theme()
