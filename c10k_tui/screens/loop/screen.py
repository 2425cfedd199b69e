"""The loop screen: the event loop of a watched script on a simulated kernel.

On the left is the kernel: descriptors, ready list, arrivals, and the script's output. On the right is the
loop: its turn as a ring, its tasks, and a panel for the awaits of a task, a culprit, an error or the output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from c10k_tui.screens.loop import words
from c10k_tui.screens.loop.cursor import TaskCursor
from c10k_tui.screens.loop.help_page import LOOP_PAGE
from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.screens.loop.model import LoopModel
from c10k_tui.screens.loop.views import kernel, stack, turn
from c10k_tui.screens.shared.help_screen import HelpScreen
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.session.pacer import FRAMES_PER_S
from c10k_tui.text.loop_counters import figures_line
from c10k_tui.text.messages import N_, _
from c10k_tui.text.script_tasks import task_lines, tasks_title
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.task_rows import TaskRow

CALM_FRAMES_PER_S = 10
"""Pictures per second while the loop turns too fast to follow."""
CALM_FROM = 10
"""Turns per second from which the loop is too fast to follow."""
RESTS = 3
"""After a picture, the screen pauses for this multiple of the drawing time (long with thousands of tasks)."""
LEAST_WIDTH, LEAST_HEIGHT = 80, 24
Page = Literal["awaits", "culprit", "error", "output"]


class TaskRows(Lines):
    """The rows of tasks; a click on a row chooses its task."""

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and isinstance(self.screen, LoopScreen):
            self.screen.choose_row(offset.y)


class LoopScreen(KeyedScreen[None]):
    """The kernel, the event loop and its tasks.

    Args:
        model: The script and its pace.
        clock: Returns seconds on the clock of the model.
        script_name: Name of the script's file.
        with_timer: True to call :meth:`tick` by a timer; tests call it themselves.
    """

    KEYS: ClassVar[Sequence[Binding]] = LOOP_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*LOOP_BINDINGS]
    BINDING_GROUP_TITLE = N_("Loop")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall"), (46, "-high")]

    def __init__(
        self, model: LoopModel, clock: Callable[[], float], script_name: str, *, with_timer: bool = True
    ) -> None:
        super().__init__(self.draw)
        self.model = model
        self.cursor = TaskCursor(model)
        self._clock = clock
        self._script_name = script_name
        self._with_timer = with_timer
        self._head = Lines(id="loop-head")
        self._kernel = Lines(id="loop-kernel")
        self._feed = Lines(id="loop-feed")
        self._output = Lines(id="loop-output")
        self._turn = Lines(id="loop-turn")
        self._tasks = TaskRows(id="loop-tasks")
        self._panel = Lines(id="loop-panel")
        self._note = Lines(id="loop-note")
        self._small = Lines(id="small")
        self.page: Page = "awaits"
        self._culprit = 0
        """Index of the culprit in the panel, counted from the newest."""
        self._next_s = self._soonest_s = 0.0
        self._error_shown = False
        """True after the panel has changed to the script's error."""

    def compose(self) -> ComposeResult:
        yield self._head
        with Horizontal(id="loop-body"):
            with Vertical(id="loop-left"):
                yield self._kernel
                yield self._feed
                yield self._output
            with Vertical(id="loop-right"):
                yield self._turn
                yield self._tasks
                yield self._panel
        yield self._note
        yield KeyFooter(LOOP_BINDINGS, id="loop-footer")
        yield self._small

    def on_mount(self) -> None:
        if self._with_timer:
            self.set_interval(1 / FRAMES_PER_S, self.tick)

    def on_unmount(self) -> None:
        self.model.script.close()

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.set_class(small, "-small")
        asked = _(
            "the loop needs {least_width}×{least_height}, this terminal is {width}×{height}: enlarge it",
            least_width=LEAST_WIDTH,
            least_height=LEAST_HEIGHT,
            width=width,
            height=height,
        )
        self._small.show([((asked, "strong"),)])
        self.call_after_refresh(self.draw)

    # -- drawing --------------------------------------------------------------------------

    def tick(self) -> None:
        """Continue the script for the time since the last tick, and draw."""
        moved = self.model.tick()
        speed, now_s = self.model.speed, self._clock()
        calm = speed is None or speed >= CALM_FROM
        if now_s < (self._next_s if calm or not moved else self._soonest_s):
            return
        self._next_s = now_s + 1 / CALM_FRAMES_PER_S
        self.draw()
        self._soonest_s = now_s + RESTS * (self._clock() - now_s)

    def draw(self) -> None:
        """Draw the whole screen."""
        model = self.model
        frame = self.cursor.frame(self._tasks.size.height)
        self._show_error_once(frame)
        self.cursor.shown = [row.number for row in frame.rows]
        row = self.cursor.row(frame)
        head_width = self._head.size.width
        self._head.show([
            words.script_line(self._script_name, head_width),
            words.pace_line(
                frame, head_width, paused=model.paused, speed=model.speed,
                stuck=model.blocks_for_s is not None and model.has_loop,
                notice=model.notice,
            ),
        ])  # fmt: skip
        self._draw_loop(frame, row)
        self._draw_kernel(frame, row)
        self._draw_panel(frame, row)
        width = self._note.size.width
        printed = model.printed(1)
        trouble = words.trouble_line(
            frame,
            width,
            stuck_at=model.stuck_at,
            stuck_for_s=model.blocks_for_s,
            has_loop=model.has_loop,
            printed=printed[0] if printed else "",
        )
        self._note.show([figures_line(frame.counters, width), trouble])

    def _draw_loop(self, frame: LoopFrame, row: TaskRow | None) -> None:
        held_up = self.model.blocks_for_s is not None
        entitle(self._turn, turn.title_of(frame))
        self._turn.show(turn.turn_lines(frame, *self._turn.size, held_up=held_up))
        entitle(self._tasks, tasks_title(frame), self._rows_words(frame))
        number = None if row is None else row.number
        width = self._tasks.size.width
        self._tasks.show(task_lines(frame, width, number, self.cursor.chosen is None))

    def _rows_words(self, frame: LoopFrame) -> str:
        if len(frame.rows) >= frame.tasks:
            return ""
        return _("{first:,} to {first2:,}", first=frame.first + 1, first2=frame.first + len(frame.rows))

    def _draw_kernel(self, frame: LoopFrame, row: TaskRow | None) -> None:
        marked = row.waiting.fd if row is not None and row.waiting is not None else None
        entitle(self._kernel, kernel.kernel_title(frame))
        self._kernel.show(kernel.kernel_lines(frame, *self._kernel.size, marked))
        width, height = self._feed.size
        rows = self.model.feed_rows(height)
        entitle(self._feed, kernel.feed_title(self.model.feed.made, len(rows), width))
        self._feed.show(kernel.feed_lines(rows, width))
        width, height = self._output.size
        entitle(self._output, "printed")
        self._output.show(stack.output_lines(self.model.printed(height), width))

    def _draw_panel(self, frame: LoopFrame, row: TaskRow | None) -> None:
        """Draw the lowest panel."""
        width, height = self._panel.size
        model, error = self.model, self.model.script.error
        culprits = words.long_ones(frame)
        lines: list[Line]
        blocks_for_s = model.blocks_for_s
        if blocks_for_s is not None and model.has_loop:
            title = _("culprit, at this moment")
            lines = stack.stuck_lines(model.stuck_at, blocks_for_s, width, height)
        elif self.page == "error" and error is not None:
            title = _("why the script ended")
            lines = stack.error_lines(str(error), error.place, error.details, width, height)
        elif self.page == "culprit" and culprits:
            index = max(0, len(culprits) - 1 - self._culprit)
            title = _("culprit {index} of {culprits}", index=index + 1, culprits=len(culprits))
            lines = stack.culprit_lines(culprits[index], width, height)
        elif self.page == "output":
            title = "printed"
            lines = stack.output_lines(model.printed(height), width)
        else:
            title = stack.stack_title(row)
            lines = stack.stack_lines(row, frame.now_ns, width, height)
        entitle(self._panel, title)
        self._panel.show(lines)
        self._panel.set_class(title.startswith((_("culprit"), "why")), "-alarm")

    def _show_error_once(self, frame: LoopFrame) -> None:
        """Change the panel to the error of a failed script; do this only once."""
        if frame.error is not None and not self._error_shown:
            self._error_shown = True
            self.page = "error"

    # -- keys -----------------------------------------------------------------------------

    def action_pause(self) -> None:
        self.model.toggle()
        self.draw()

    def action_step(self) -> None:
        self.model.step()
        self.draw()

    def action_step_turn(self) -> None:
        self.model.step_turn()
        self.draw()

    def action_speed(self, steps: int) -> None:
        self.model.change_speed(steps)
        self.model.say(words.speed_words(self.model.speed))
        self.draw()

    def action_choose(self, steps: int) -> None:
        if self.cursor.move(steps, self._tasks.size.height):
            self.page = "awaits"
            self.draw()

    def choose_row(self, y: int) -> None:
        """Choose the task in a row of the screen."""
        if self.cursor.choose(y):
            self.page = "awaits"
            self.draw()

    def action_follow(self) -> None:
        self.cursor.chosen = None
        self.page = "awaits"
        self.draw()

    def action_culprit(self) -> None:
        culprits = words.long_ones(self.cursor.rows(self._tasks.size.height))
        if not culprits:
            self.model.say(_("no callback has held up the loop"))
        elif self.page != "culprit":
            self.page, self._culprit = "culprit", 0
        else:
            self._culprit = (self._culprit + 1) % len(culprits)
        self.draw()

    def action_page(self, steps: int) -> None:
        frame = self.cursor.frame(self._tasks.size.height)
        pages: list[Page] = ["awaits"]
        if words.long_ones(frame):
            pages.append("culprit")
        if frame.error is not None:
            pages.append("error")
        pages.append("output")
        at = pages.index(self.page) if self.page in pages else 0
        self.page = pages[(at + steps) % len(pages)]
        self.draw()

    def action_enlarge(self) -> None:
        self.toggle_class("-enlarged")
        self.call_after_refresh(self.draw)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(LOOP_PAGE))
