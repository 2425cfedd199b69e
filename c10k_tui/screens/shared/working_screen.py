"""A screen in the race's place that computes a little in each frame, and shows what is known by then.

The race screen's frames go on while it stands still behind another screen, and each calls :meth:`tick`. What
is computed in it is measured by a price list and not by the wall's clock, and notices go by the session's
clock, so that such a screen can be recorded and comes out the same again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, cast

from textual import events
from textual.app import ComposeResult

from c10k_tui.screens.shared.help_screen import HelpPage, HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.session import Session
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.scenario.scenario import Scenario

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
NOTICE_S = 6.0
"""How long a notice stays: names of files take longer to read than what a key did."""


class WorkingScreen(KeyedScreen[Scenario | None]):
    """Leaving it gives a scenario to race, or None to go on with the race.

    Args:
        session: The race that stands still; its clock and its notices are used here too.
    """

    PAGE: ClassVar[HelpPage]
    """What its help says."""
    SUBJECT: ClassVar[str]
    """What it shows, for the words that ask for a larger terminal."""
    AUTO_FOCUS = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._head = Lines(classes="head")
        self._body = Lines(classes="body")
        self._told = Lines(classes="told")
        self._shown_notice = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._body
        yield self._told
        yield KeyFooter(self.KEYS, id="working-footer")

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.draw)

    # -- what each of them is ---------------------------------------------------------------

    def compute(self) -> bool:
        """Compute what can be computed between two frames; whether there was anything to do."""
        raise NotImplementedError

    def heading(self, notice: str, width: int) -> Sequence[Line]:
        """The lines at the top."""
        raise NotImplementedError

    def frame_words(self) -> tuple[str, str]:
        """What stands on the body's frame, above and below."""
        raise NotImplementedError

    def body_height(self, height: int) -> int:
        """Lines of the body, its frame included, on a screen of so many."""
        raise NotImplementedError

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        """The body."""
        raise NotImplementedError

    def told_lines(self, width: int, height: int) -> Sequence[Line]:
        """What it means, in words."""
        raise NotImplementedError

    # -- drawing ----------------------------------------------------------------------------

    def tick(self) -> None:
        """A frame has passed."""
        if self.compute() or self.session.notice != self._shown_notice:
            self.draw()

    def draw(self) -> None:
        """Show all of it as it is now."""
        width, height = self.size
        self._shown_notice = self.session.notice
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            here = f"this terminal is {width}×{height}"
            words = f"{self.SUBJECT} needs {LEAST_WIDTH}×{LEAST_HEIGHT}, {here}: enlarge it"
            self._head.show([((words, "strong"),)])
            self._body.show([])
            self._told.show([])
            return
        tall = self.body_height(height)
        if self._body.styles.height is None or self._body.styles.height.cells != tall:
            self._body.styles.height = tall
            # What is beneath has another size after the layout.
            self.call_after_refresh(self.draw)
        self._head.show(self.heading(self.session.notice, width))
        entitle(self._body, *self.frame_words())
        self._body.show(self.body_lines(width - 2, tall - 2))
        self._told.show(self.told_lines(width, self._told.size.height))

    def say(self, words: str) -> None:
        """Show a notice for a while."""
        self.session.say(words, NOTICE_S)
        self.draw()

    def changed(self, change: Callable[[], None]) -> None:
        """A key changes what is shown."""
        change()
        self.session.say("", 0)
        self.draw()

    @property
    def is_stepped(self) -> bool:
        """Whether the app is run frame by frame, for a recording or a replay."""
        from c10k_tui.app.race_app import C10KApp

        return cast(C10KApp, self.app).studio.stepping

    # -- keys -------------------------------------------------------------------------------

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(self.PAGE))
