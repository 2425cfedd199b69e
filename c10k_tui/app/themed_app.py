"""What all apps of the program share: the three themes, the command palette, lines without colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from textual.app import App, SystemCommand
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.text.themes import dark, light, themes


class ThemedApp(App[str]):
    """An app in the program's own colours, whose palette offers the keys of the screen that is seen."""

    TITLE = "c10k"
    CSS_PATH = Path(__file__).parent / "app.tcss"
    HORIZONTAL_BREAKPOINTS = []

    def __init__(self) -> None:
        super().__init__()
        self._themes = themes()
        for theme in self._themes:
            self.register_theme(theme)
        self.theme = self._themes[0].name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Filters for every line; under ``NO_COLOR`` the one that suits the theme in use.

        Textual chooses between greys and no colours when it starts and stays with that; greys made
        of a terminal's own colours, which it does not know, would be black on black.
        """
        filters = super().get_line_filters()
        if not (self.no_color and self.native_ansi_color):
            return filters
        return [NoColor() if isinstance(line_filter, Monochrome) else line_filter for line_filter in filters]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The program's colours for themes that are not its own (the palette offers Textual's)."""
        return {**super().get_theme_variable_defaults(), **(dark() if self.current_theme.dark else light())}

    def next_theme(self) -> None:
        """The theme after this one."""
        names = [theme.name for theme in self._themes]
        index = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(index + 1) % len(names)]

    def action_next_theme(self) -> None:
        self.next_theme()

    def action_command_palette(self) -> None:
        from c10k_tui.app.command_palette import Commands

        if not isinstance(self.screen, Commands):
            self.push_screen(Commands(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        yield from self._key_commands()

    def _key_commands(self) -> Iterator[SystemCommand]:
        """The keys of the screen that is seen, or seen beneath the palette."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, KeyedScreen):
                yield from screen.commands()
                return
