"""The boxes on top of the race and the screens in its place, which the race screen's keys open.

The race stands still while another screen has the terminal, and continues when the user comes back. Results
that a screen has computed or measured are kept until the app ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.screen import Screen

from c10k_tui.screens.race.grid_cursor import Pointing
from c10k_tui.screens.race.recording_keys import RecordingKeys, refused_figures
from c10k_tui.screens.race.widgets.feed import Feed
from c10k_tui.screens.shared.box import Result
from c10k_tui.session.measured_figures import CurveShown
from c10k_tui.session.session import Session
from c10k_tui.text.messages import _
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from c10k_tui.screens.capacity.model import CapacityModel
    from c10k_tui.screens.comparison.model import ComparisonModel
    from c10k_tui.screens.curve.model import CurveModel


class RaceView(Protocol):
    """The members of the race screen that :class:`Opening` needs."""

    def changed(self) -> None:
        """Show a change at once."""

    def push(self, screen: Screen[Result], left: Callable[[Result | None], None] | None = None) -> None:
        """Put a screen on top.

        Args:
            screen: The screen.
            left: Called with the screen's result when the user leaves it.
        """


@runtime_checkable
class Tickable(Protocol):
    """A screen without a timer: the frames of the race, which stands still behind it, drive it."""

    def tick(self) -> None:
        """Do one frame's work."""


class Opening:
    """Opens boxes and screens, and applies their results to the race.

    Args:
        session: The race and its pace.
        view: The race screen.
        pointing: The cursor.
        feed: The feed, for the packet whose path is shown.
        recording: The recording. While it steps the app, keys that need wall time are refused.
        clock: The clock of the session.
    """

    def __init__(
        self,
        session: Session,
        view: RaceView,
        pointing: Pointing,
        feed: Feed,
        recording: RecordingKeys,
        clock: Callable[[], float],
    ) -> None:
        self._session = session
        self._view = view
        self._pointing = pointing
        self._feed = feed
        self._recording = recording
        self._clock = clock
        self.away = False
        """True while another screen has the whole terminal. The race stands still then."""
        self._ticking: Tickable | None = None
        """The screen in the race's place, if the race's frames drive it; else None."""
        self._curve: CurveModel | None = None
        self._comparison: ComparisonModel | None = None
        self._capacity: CapacityModel | None = None

    def tick(self) -> None:
        """Let the screen in the race's place do one frame's work."""
        if self._ticking is not None:
            self._ticking.tick()

    # -- boxes ------------------------------------------------------------------------------

    def help(self) -> None:
        """Open the help."""
        from c10k_tui.screens.race.help_page import RACE_PAGE
        from c10k_tui.screens.shared.help_screen import HelpScreen

        self._view.push(HelpScreen(RACE_PAGE))

    def enter_fds(self) -> None:
        """Ask for a number of descriptors."""
        session = self._session
        self._ask_number(
            _("How many descriptors?"),
            session.scenario.fds,
            _("a number: 10000, 10k, 1M"),
            session.why_not_fds,
            session.set_fds,
        )

    def follow(self) -> None:
        """Follow the descriptor under the cursor, or ask for a number. If a descriptor is followed already,
        stop following.
        """
        pointing = self._pointing
        fd = pointing.pointed_fd()
        if self._session.travel.following is not None:
            pointing.follow(None)
            self._view.changed()
        elif fd is not None:
            pointing.follow(fd)
            self._view.changed()
        else:
            proposed = pointing.proposed_fd()
            hint = _("a descriptor, e.g. {proposed}", proposed=proposed)
            self._ask_number(_("Follow which fd?"), proposed, hint, lambda _: None, pointing.follow)

    def _ask_number(
        self,
        question: str,
        proposed: int,
        hint: str,
        why_not: Callable[[int], str | None],
        take: Callable[[int], None],
    ) -> None:
        from c10k_tui.screens.shared.number_box import NumberScreen

        def entered(number: int | None) -> None:
            if number is not None:
                take(number)
                self._view.changed()

        self._view.push(NumberScreen(question, str(proposed), hint, why_not), entered)

    def choose_lanes(self) -> None:
        """Open the list of lanes."""
        from c10k_tui.screens.race.lanes_box import LanesScreen

        session = self._session

        def chosen(lanes: frozenset[str] | None) -> None:
            if lanes is not None:
                session.set_lanes(
                    lanes, _("{lanes} lane{words}", lanes=len(lanes), words="s" if len(lanes) > 1 else "")
                )
                self._view.changed()

        self._view.push(LanesScreen(session.scenario.lanes, session.why_not_lanes), chosen)

    def presets(self) -> None:
        """Open the list of presets."""
        from c10k_tui.screens.race.presets_box import PresetsScreen

        def chosen(name: str | None) -> None:
            if name is not None:
                self._session.begin_preset(name)
                self._view.changed()

        self._view.push(PresetsScreen(self._session.scenario), chosen)

    # -- screens ----------------------------------------------------------------------------

    def curve(self) -> None:
        """Show the curve screen in the race's place."""
        from c10k_tui.screens.curve.model import CurveModel
        from c10k_tui.screens.curve.screen import CurveScreen

        session, figures = self._session, self._recording.figures
        if refused_figures(self._recording, session.say, CurveShown, _("the curve")):
            self._view.changed()
            return
        figures.note(CurveShown())
        if self._curve is None:
            self._curve = CurveModel(session.scenario, session.race.costs, session.own_costs_problem)
        self._curve.start_at(session.scenario)
        self._show_until_raced(CurveScreen(self._curve, figures, self._clock), _("the paper's situation"))

    def comparison(self) -> None:
        """Show the comparison screen in the race's place."""
        from c10k_tui.screens.comparison.model import ComparisonModel
        from c10k_tui.screens.comparison.screen import ComparisonScreen

        session = self._session
        if self._comparison is None:
            self._comparison = ComparisonModel(session.scenario, session.race.costs)
        self._comparison.start_at(session.scenario)
        screen = ComparisonScreen(session, self._comparison, self._recording.figures)
        self._show_until_raced(screen, _("the table's situation"))

    def capacity(self) -> None:
        """Show the capacity screen in the race's place."""
        from c10k_tui.screens.capacity.model import CapacityModel
        from c10k_tui.screens.capacity.screen import CapacityScreen

        session = self._session
        if self._capacity is None:
            self._capacity = CapacityModel(session.scenario, session.race.costs)
        self._capacity.start_at(session.scenario)
        screen = CapacityScreen(session, self._capacity, self._is_stepping)
        self._show_until_raced(screen, _("just beyond what it holds"))

    def path(self) -> None:
        """Show the path of a packet: the one chosen in the feed, else one of the cell under the cursor, else
        the newest.
        """
        from c10k_tui.screens.path.screen import PathScreen
        from c10k_tui.screens.race.packet_choice import NoPacketToFollow, chosen
        from sim.path.packet_path import follow

        race, pointing = self._session.race, self._pointing
        rows = self._feed.model.rows()
        try:
            path = follow(race, chosen(race, self._feed.chosen, rows, pointing.slots, pointing.first_fd))
        except (NoPacketToFollow, ValueError) as why_not:
            self._session.say(str(why_not))
            self._view.changed()
            return
        self._show_instead(PathScreen(path, self._clock), lambda _: None)

    def _is_stepping(self) -> bool:
        return self._recording.stepping

    def _show_until_raced(self, screen: Screen[Scenario | None], words: str) -> None:
        """Show a screen in the race's place whose result is a scenario to race.

        Args:
            screen: The screen.
            words: Notice for a race of the screen's scenario.
        """

        def left(scenario: Scenario | None) -> None:
            if scenario is not None:
                self._session.start_race(scenario, words)

        self._show_instead(screen, left)

    def _show_instead(self, screen: Screen[Result], left: Callable[[Result | None], None]) -> None:
        """Show a screen in the race's place. The race stands still until the user leaves the screen.

        Args:
            screen: The screen.
            left: Called with its result.
        """

        def come_back(result: Result | None) -> None:
            self.away = False
            self._ticking = None
            self._session.pacer.halt()
            left(result)
            self._view.changed()

        self.away = True
        self._ticking = screen if isinstance(screen, Tickable) else None
        self._view.push(screen, come_back)
