"""A screen in the race's place that computes a little in each frame, and shows the results so far.

The screen has no timer. The race screen stands still behind it, and each of its frames calls
:meth:`WorkingScreen.tick`. A price list limits the work in a frame, not wall time, and notices use the
session's clock. So the screen can be recorded, and a replay shows the same frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from textual import events
from textual.app import ComposeResult

from c10k_tui.screens.shared.help_screen import HelpPage, HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.session import Session
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.scenario.scenario import Scenario

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
NOTICE_S = 6.0
"""Seconds that a notice stays. Names of files take longer to read than other notices."""


class WorkingContent(Protocol):
    """The content of such a screen: it does the work and makes the lines. Widths and heights are in cells."""

    def compute(self) -> bool:
        """Do the work of one frame. Returns False if no work is left."""

    def heading(self, notice: str, width: int) -> Line:
        """The line at the top."""

    def frame_words(self) -> tuple[str, str]:
        """The title and the subtitle on the body's frame."""

    def body_height(self, height: int) -> int:
        """Height of the body with its frame, on a screen of this height."""

    def body_lines(self, width: int, height: int) -> Sequence[Line]:
        """The body: a table or a chart."""

    def explanation(self, width: int, height: int) -> Sequence[Line]:
        """Words for the meaning of the body."""


class WorkingScreen(KeyedScreen[Scenario | None]):
    """A heading, a body and an explanation. The result is a scenario to race, or None to continue the race.

    Args:
        session: The race that stands still. Its clock and its notices are used here too.
        content: The content of the screen.
        subject: Words for the content, for the message that asks for a larger terminal.
        help_page: The help of the screen.
        is_stepping: Returns True while the app is run frame by frame, for a recording or a replay.
    """

    AUTO_FOCUS = ""

    def __init__(
        self,
        session: Session,
        content: WorkingContent,
        subject: str,
        help_page: HelpPage,
        is_stepping: Callable[[], bool],
    ) -> None:
        super().__init__(self.draw)
        self.session = session
        self.content = content
        self._subject = subject
        self._help_page = help_page
        self.is_stepping = is_stepping
        self._head = Lines(classes="head")
        self._body = Lines(classes="body")
        self._explanation = Lines(classes="explanation")
        self._shown_notice = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._body
        yield self._explanation
        yield KeyFooter(self.KEYS, id="working-footer")

    def on_mount(self) -> None:
        self.draw()

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.draw)

    # -- drawing ----------------------------------------------------------------------------

    def tick(self) -> None:
        """Do the work of one frame, and show it."""
        if self.content.compute() or self.session.notice != self._shown_notice:
            self.draw()

    def draw(self) -> None:
        """Draw the whole screen."""
        width, height = self.size
        content = self.content
        self._shown_notice = self.session.notice
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            here = _("this terminal is {width}×{height}", width=width, height=height)
            words = _(
                "{subject} needs {least_width}×{least_height}, {here}: enlarge it",
                subject=self._subject,
                least_width=LEAST_WIDTH,
                least_height=LEAST_HEIGHT,
                here=here,
            )
            self._head.show([((words, "strong"),)])
            self._body.show([])
            self._explanation.show([])
            return
        tall = content.body_height(height)
        if self._body.styles.height is None or self._body.styles.height.cells != tall:
            self._body.styles.height = tall
            # The explanation below gets its new size only with the layout.
            self.call_after_refresh(self.draw)
        self._head.show([content.heading(self.session.notice, width)])
        entitle(self._body, *content.frame_words())
        self._body.show(content.body_lines(width - 2, tall - 2))
        self._explanation.show(content.explanation(width, self._explanation.size.height))

    def say(self, words: str) -> None:
        """Show a notice for a while."""
        self.session.say(words, NOTICE_S)
        self.draw()

    def change(self, change: Callable[[], None]) -> None:
        """Change the content, remove the notice, and draw."""
        change()
        self.session.say("", 0)
        self.draw()

    # -- keys -------------------------------------------------------------------------------

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(self._help_page))
