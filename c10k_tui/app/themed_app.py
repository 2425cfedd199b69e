"""Base class of both apps: three themes, the command palette, lines without colours, and the way to leave.

An app is left by a key, by a signal (:mod:`c10k_tui.app.ending_signals`), or because its terminal is gone. In
all cases it ends in the same way: first a recording is closed, then the terminal is restored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen
from textual.theme import ThemeProvider

from c10k_tui import textual_internals
from c10k_tui.app.ending_signals import LastResort, ending_signals
from c10k_tui.app.keypad import make_plain
from c10k_tui.app.typed_ahead import INPUT, TypedAhead
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.text.themes import dark, light, themes

SUSPEND_KEY = "ctrl+z"


def is_suspend_key(event: events.Event) -> bool:
    """True for the key that goes to the shell. It works at once, also while other keys wait for a frame."""
    return isinstance(event, events.Key) and event.key == SUSPEND_KEY


@runtime_checkable
class TerminalControl(Protocol):
    """Members of :class:`~c10k_tui.app.terminal_driver.TerminalDriver` that other drivers lack."""

    def suspend(self) -> None:
        """Go to the shell, and come back when the shell continues this process group."""

    def restore_now(self) -> None:
        """Restore the terminal at once. Called in any thread."""


class ThemedApp(App[str]):
    """An app in the program's own colours. Its palette offers the keys of the current screen."""

    TITLE = "c10k"
    CSS_PATH = Path(__file__).parent / "app.tcss"
    HORIZONTAL_BREAKPOINTS = []
    ALLOW_SELECT = False  # No widget here offers its text; Textual fails at a drag over a screen that closes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            SUSPEND_KEY,
            "suspend_process",
            "To the shell",
            id="app.suspend",
            show=False,
            priority=True,
            tooltip="Stop the program and go to the shell; the shell's fg brings it back",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.ended_by: int | None = None
        """The signal that ended the app; None if no signal did. A lost terminal counts as SIGHUP."""
        self.typed_ahead = TypedAhead(self)
        """The keys and clicks that wait for those before them."""
        self._last_resort = LastResort(self._restore_terminal)
        self._themes = themes()
        for theme in self._themes:
            self.register_theme(theme)
        self.theme = self._themes[0].name

    # -- the terminal -----------------------------------------------------------------------

    def run(self, **options: Any) -> str | None:
        """Run the app on the terminal. Signals end it as :mod:`~c10k_tui.app.ending_signals` says.

        Args:
            options: As for Textual's ``App.run``.

        Returns:
            The result of the app; None if it was ended from outside.
        """
        with ending_signals(self.end_by):
            try:
                return super().run(**options)
            finally:
                self._last_resort.cancel()

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":  # Windows, or the choice of TEXTUAL_DRIVER
            return driver
        from c10k_tui.app.terminal_driver import TerminalDriver

        return TerminalDriver

    def end_by(self, number: int) -> None:
        """Leave the app because of a signal. May be called at any moment and in any thread."""
        if self.ended_by is None:
            self.ended_by = number
        self._last_resort.start(self.ended_by)
        textual_internals.call_in_loop(self, self.finish)

    def finish(self) -> None:
        """Leave the app now. Apps that must do something first override this."""
        self.exit()

    def terminal_entered(self) -> None:
        """Draw everything: the terminal was left and entered again."""
        self.refresh(layout=True)

    def _restore_terminal(self) -> None:
        driver = textual_internals.driver_of(self)
        if isinstance(driver, TerminalControl):
            driver.restore_now()

    def action_suspend_process(self) -> None:
        """Go to the shell until its ``fg`` brings the app back."""
        driver = textual_internals.driver_of(self)
        if isinstance(driver, TerminalControl):
            driver.suspend()

    def on_mount(self) -> None:
        if self.ended_by is not None:  # the signal came before the event loop
            self.finish()

    # -- input ------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Handle an event now, unless it is kept for later."""
        if isinstance(event, INPUT) and (self.ended_by is not None or not self.screen_stack):
            return  # it was still queued when the app was left
        if isinstance(event, events.Resize) and not event.size:
            return  # 0×0 is a terminal that does not know its size
        make_plain(event)
        if not self.keeps(event):
            await super().on_event(event)

    def keeps(self, event: events.Event) -> bool:
        """Keep an event for later; False if the app must handle it now."""
        return self.typed_ahead.keeps(event)

    def search_themes(self) -> None:
        """Open a list of all themes; Textual's own list would be its unchanged palette."""
        from c10k_tui.app.command_palette import C10KCommandPalette

        self.push_screen(C10KCommandPalette(providers=[ThemeProvider], placeholder="Search for themes…"))

    # -- looks ------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Filters for every line; with ``NO_COLOR``, the filter that suits the current theme.

        Textual chooses between greys and no colours once, at its start. It does not know the colours of the
        terminal's own theme: greys computed from them would be black on black.
        """
        filters = super().get_line_filters()
        if not (self.no_color and self.native_ansi_color):
            return filters
        return [NoColor() if isinstance(line_filter, Monochrome) else line_filter for line_filter in filters]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The program's colours for other themes (the palette offers Textual's themes too)."""
        return {**super().get_theme_variable_defaults(), **(dark() if self.current_theme.dark else light())}

    def next_theme(self) -> None:
        """Switch to the next theme."""
        names = [theme.name for theme in self._themes]
        index = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(index + 1) % len(names)]

    def action_next_theme(self) -> None:
        self.next_theme()

    def action_command_palette(self) -> None:
        from c10k_tui.app.command_palette import C10KCommandPalette

        if not isinstance(self.screen, C10KCommandPalette):
            self.push_screen(C10KCommandPalette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        yield from self._key_commands()

    def _key_commands(self) -> Iterator[SystemCommand]:
        """The keys of the current screen; if the palette is open, the keys of the screen below it."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, KeyedScreen):
                yield from screen.commands()
                return
