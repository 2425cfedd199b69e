"""Base class of both apps: three themes, the command palette, lines without colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from textual import events
from textual.app import App, SystemCommand
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from c10k_tui.app.keypad import make_plain
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.text.themes import dark, light, themes


class ThemedApp(App[str]):
    """An app in the program's own colours. Its palette offers the keys of the current screen."""

    TITLE = "c10k"
    CSS_PATH = Path(__file__).parent / "app.tcss"
    HORIZONTAL_BREAKPOINTS = []

    def __init__(self) -> None:
        super().__init__()
        self._themes = themes()
        for theme in self._themes:
            self.register_theme(theme)
        self.theme = self._themes[0].name

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a key of the numeric keypad is the plain key."""
        make_plain(event)
        await super().on_event(event)

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
