"""The Textual app around the race screen: themes, the command palette, and what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from c10k_tui.pacer import DEFAULT_SPEED
from c10k_tui.screens.keyed import KeyedScreen
from c10k_tui.screens.race import RaceScreen
from c10k_tui.session import RaceLike, Session
from c10k_tui.themes import DARK, LIGHT, THEMES
from sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.costs import CostTable


FIRST_NOTICE_S = 10.0
"""How long the notice with which the app starts stays."""


class C10KApp(App[str]):
    """A race on the screen; running it gives the scenario that was on at the end, as a string.

    Args:
        scenario: What to start with.
        speed: See :mod:`c10k_tui.pacer`; None for as fast as it goes.
        paused: Whether to start standing still.
        clock: Seconds on a clock that never goes back.
        make_race: Makes a race of a scenario; None for the simulated one with these costs.
        costs: What each simulated step costs; None for the built-in table.
        why_not_own: Why the user's own cost table is not in use, if there is one; said at the start.
    """

    TITLE = "c10k"
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = []

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        speed: float | None = DEFAULT_SPEED,
        paused: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        make_race: Callable[[Scenario], RaceLike] | None = None,
        costs: CostTable | None = None,
        why_not_own: str | None = None,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._costs = costs
        self.session = Session(
            scenario or Scenario(), make_race or self._make_race, clock, speed=speed, paused=paused
        )
        self.session.why_not_own = why_not_own
        if why_not_own is not None:
            self.session.say(f"the built-in costs are used: {why_not_own}", FIRST_NOTICE_S)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def _make_race(self, scenario: Scenario) -> RaceLike:
        from sim.race import Race

        return Race(scenario) if self._costs is None else Race(scenario, self._costs)

    def get_default_screen(self) -> Screen[str]:
        return RaceScreen(self.session, self._clock)

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
        """The race's colours for themes that are not its own (the palette offers Textual's)."""
        return {**super().get_theme_variable_defaults(), **(DARK if self.current_theme.dark else LIGHT)}

    async def action_quit(self) -> None:
        self.exit(str(self.session.scenario))

    def next_theme(self) -> None:
        """The theme after this one."""
        names = [theme.name for theme in THEMES]
        index = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(index + 1) % len(names)]
        self.session.say(self.theme)

    def action_command_palette(self) -> None:
        from c10k_tui.screens.commands import Commands

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
