"""The path screen: one packet from the wire to the line after ``await``, beside its path to select.

The screen has no timer. Each frame of the race screen calls :meth:`PathScreen.tick`, so autoplay follows the
app's clock, and a replay of a recording shows the same frames.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from c10k_tui.screens.path.help_page import PATH_PAGE
from c10k_tui.screens.path.keys import PATH_BINDINGS
from c10k_tui.screens.path.model import PathModel
from c10k_tui.screens.path.views.sides import head_lines, side_lines, side_subtitle, side_title, total_lines
from c10k_tui.screens.path.views.strip import strip_lines
from c10k_tui.screens.shared.help_screen import HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.text.messages import N_, _
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.path.packet_path import PacketPath

LEAST_WIDTH, LEAST_HEIGHT = 80, 24


class PathScreen(KeyedScreen[None]):
    """A packet's path, step by step.

    Args:
        path: The packet's path.
        clock: Returns seconds on the app's clock.
    """

    KEYS: ClassVar[Sequence[Binding]] = PATH_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*PATH_BINDINGS]
    BINDING_GROUP_TITLE = N_("Path")
    AUTO_FOCUS = ""

    def __init__(self, path: PacketPath, clock: Callable[[], float]) -> None:
        super().__init__(self.draw)
        self.model = PathModel(path, clock)
        self._head = Lines(id="path-head")
        self._strip = Lines(id="path-strip")
        self._epoll = Lines(id="path-epoll")
        self._select = Lines(id="path-select")
        self._totals = Lines(id="path-totals")

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._strip
        with Horizontal(id="path-sides"):
            yield self._epoll
            yield self._select
        yield self._totals
        yield KeyFooter(PATH_BINDINGS, id="path-footer")

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self.draw)

    def tick(self) -> None:
        """Go to the next step if autoplay is due."""
        if self.model.tick():
            self.draw()

    def draw(self) -> None:
        """Draw the whole screen."""
        width, height = self.size
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            words = _(
                "the path needs {least_width}×{least_height}, this terminal is {width}×{height}",
                least_width=LEAST_WIDTH,
                least_height=LEAST_HEIGHT,
                width=width,
                height=height,
            )
            self._head.show([((words, "strong"),)])
            for widget in (self._strip, self._epoll, self._select, self._totals):
                widget.show([])
            return
        model = self.model
        self._head.show(head_lines(model, width))
        self._strip.show(strip_lines(model.beats, model.at, width))
        for index, (widget, side) in enumerate(
            ((self._epoll, model.path.epoll), (self._select, model.path.select))
        ):
            step = model.beats[model.at][index]
            entitle(
                widget, side_title(model.path, side), side_subtitle(model.path, side, step, widget.size.width)
            )
            widget.show(side_lines(model, side, *widget.size))
        self._totals.show(total_lines(model, width))

    # -- keys -----------------------------------------------------------------------------

    def action_step(self, direction: int) -> None:
        self.model.step(direction)
        self.draw()

    def action_first(self) -> None:
        self.model.go_to(0)
        self.draw()

    def action_last(self) -> None:
        self.model.go_to(len(self.model.beats) - 1)
        self.draw()

    def action_play(self) -> None:
        self.model.play()
        self.draw()

    def action_pace(self, direction: int) -> None:
        self.model.pace(direction)
        self.draw()

    def action_back(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(PATH_PAGE))
