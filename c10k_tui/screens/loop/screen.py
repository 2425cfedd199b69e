"""The Loop screen: a script's event loop on a simulated kernel, live.

Left the kernel: descriptors, ready list, what arrives, what the script prints. Right the loop: its turn
as a ring, its tasks, and one thing at length: the awaits of a task, a culprit, an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from c10k_tui.screens.loop import words
from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.screens.loop.model import Watching
from c10k_tui.screens.loop.views import kernel, stack, turn
from c10k_tui.screens.shared.keyed_screen import KeyedScreen
from c10k_tui.text.loop_counters import figures_line
from c10k_tui.text.script_tasks import task_lines, tasks_title
from c10k_tui.text.styled_text import Line
from c10k_tui.widgets.footer import KeyFooter
from c10k_tui.widgets.lines import Lines, entitle
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.task_rows import TaskRow

FRAMES_PER_S = 30
CALM_FRAMES_PER_S = 10
"""Pictures a second where the loop turns faster than one could follow."""
CALM_FROM = 10
"""Turns a second from which on that is so."""
RESTS = 3
"""A picture that took long (thousands of tasks) is followed by so many times as long without one."""
LEAST_WIDTH, LEAST_HEIGHT = 80, 24
Page = Literal["awaits", "culprit", "error", "output"]


class TaskRows(Lines):
    """The rows of tasks; a click chooses one."""

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and isinstance(self.screen, LoopScreen):
            self.screen.choose_row(offset.y)


class LoopScreen(KeyedScreen[None]):
    """The kernel, the loop, its tasks.

    Args:
        watching: The script and its pace.
        clock: The clock of it.
        name: What the script is called.
        with_timer: False to leave out the timer, for tests that call ``tick`` themselves.
    """

    KEYS: ClassVar[Sequence[Binding]] = LOOP_BINDINGS
    BINDINGS: ClassVar[list[BindingType]] = [*LOOP_BINDINGS]
    BINDING_GROUP_TITLE = "Loop"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall"), (46, "-high")]

    def __init__(
        self, watching: Watching, clock: Callable[[], float], script_name: str, *, with_timer: bool = True
    ) -> None:
        super().__init__(self.draw)
        self.watching = watching
        self._clock = clock
        self._script_name = script_name
        self._with_timer = with_timer
        self._head = Lines(id="loop-head")
        self._kernel = Lines(id="loop-kernel")
        self._feed = Lines(id="loop-feed")
        self._output = Lines(id="loop-output")
        self._turn = Lines(id="loop-turn")
        self._tasks = TaskRows(id="loop-tasks")
        self._told = Lines(id="loop-told")
        self._note = Lines(id="loop-note")
        self._small = Lines(id="small")
        self.chosen: int | None = None
        """Number of the task chosen; None while the cursor follows the loop."""
        self._followed: int | None = None
        """Number of the task that ran last."""
        self.page: Page = "awaits"
        self._culprit = 0
        """Which of the culprits is shown, counted from the newest."""
        self._first = 0
        """Tasks above the first row."""
        self._order: list[int] = []
        """Numbers of the rows on the screen."""
        self._next_s = self._soonest_s = 0.0
        self._told_error = False
        """Whether the panel has been turned to the error with which the script ended."""

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
                yield self._told
        yield self._note
        yield KeyFooter(LOOP_BINDINGS, id="loop-footer")
        yield self._small

    def on_mount(self) -> None:
        if self._with_timer:
            self.set_interval(1 / FRAMES_PER_S, self.tick)

    def on_unmount(self) -> None:
        self.watching.script.close()

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.set_class(small, "-small")
        asked = f"the loop needs {LEAST_WIDTH}×{LEAST_HEIGHT}, this terminal is {width}×{height}: enlarge it"
        self._small.show([((asked, "strong"),)])
        self.call_after_refresh(self.draw)

    # -- drawing --------------------------------------------------------------------------

    def tick(self) -> None:
        """Let the script go on for the time that has passed, and show it."""
        moved = self.watching.tick()
        speed, now_s = self.watching.speed, self._clock()
        calm = speed is None or speed >= CALM_FROM
        if now_s < (self._next_s if calm or not moved else self._soonest_s):
            return
        self._next_s = now_s + 1 / CALM_FRAMES_PER_S
        self.draw()
        self._soonest_s = now_s + RESTS * (self._clock() - now_s)

    def draw(self) -> None:
        """Show the script as it stands."""
        watching = self.watching
        frame = self._frame()
        self._meet_error(frame)
        self._order = [row.number for row in frame.rows]
        row = self._row_of(frame)
        head_width = self._head.size.width
        self._head.show([
            words.script_line(self._script_name, head_width),
            words.pace_line(
                frame, head_width, paused=watching.paused, speed=watching.speed,
                stuck=watching.blocks_for_s is not None and watching.has_loop,
                notice=watching.notice,
            ),
        ])  # fmt: skip
        self._draw_loop(frame, row)
        self._draw_kernel(frame, row)
        self._draw_told(frame, row)
        width = self._note.size.width
        printed = watching.printed(1)
        trouble = words.trouble_line(
            frame,
            width,
            stuck_at=watching.stuck_at,
            stuck_for_s=watching.blocks_for_s,
            has_loop=watching.has_loop,
            printed=printed[0] if printed else "",
        )
        self._note.show([figures_line(frame.counters, width), trouble])

    def _frame(self) -> LoopFrame:
        """The script, with the rows that the cursor is among."""
        height = self._tasks.size.height
        frame = self.watching.frame(self._first, height, self.chosen)
        at = frame.active
        if self.chosen is not None:
            at = frame.chosen
            if at < 0 and not self.watching.is_stuck:
                self.chosen = None
                self.watching.say("the task that was chosen is done")
        wanted = self._first
        if at >= 0 and not self._first <= at < self._first + height:
            wanted = at - height // 2
        wanted = max(0, min(wanted, frame.tasks - height))
        if wanted != self._first:
            self._first = wanted
            frame = self.watching.frame(self._first, height, self.chosen)
        return frame

    def _row_of(self, frame: LoopFrame) -> TaskRow | None:
        """The task that is told of."""
        if self.chosen is not None:
            return next((row for row in frame.rows if row.number == self.chosen), None)
        at = frame.active - frame.first
        if 0 <= at < len(frame.rows):
            self._followed = frame.rows[at].number
            return frame.rows[at]
        kept = next((row for row in frame.rows if row.number == self._followed), None)
        return kept or (frame.rows[0] if frame.rows else None)

    def _draw_loop(self, frame: LoopFrame, row: TaskRow | None) -> None:
        held_up = self.watching.blocks_for_s is not None
        entitle(self._turn, turn.title_of(frame))
        self._turn.show(turn.turn_lines(frame, *self._turn.size, held_up=held_up))
        entitle(self._tasks, tasks_title(frame), self._rows_words(frame))
        number = None if row is None else row.number
        width = self._tasks.size.width
        self._tasks.show(task_lines(frame, width, number, self.chosen is None))

    def _rows_words(self, frame: LoopFrame) -> str:
        if len(frame.rows) >= frame.tasks:
            return ""
        return f"{frame.first + 1:,} to {frame.first + len(frame.rows):,}"

    def _draw_kernel(self, frame: LoopFrame, row: TaskRow | None) -> None:
        marked = row.waiting.fd if row is not None and row.waiting is not None else None
        entitle(self._kernel, kernel.kernel_title(frame))
        self._kernel.show(kernel.kernel_lines(frame, *self._kernel.size, marked))
        width, height = self._feed.size
        rows = self.watching.feed_rows(height)
        entitle(self._feed, kernel.feed_title(self.watching.feed.made, len(rows), width))
        self._feed.show(kernel.feed_lines(rows, width))
        width, height = self._output.size
        entitle(self._output, "printed")
        self._output.show(stack.output_lines(self.watching.printed(height), width))

    def _draw_told(self, frame: LoopFrame, row: TaskRow | None) -> None:
        """The lowest panel."""
        width, height = self._told.size
        watching, error = self.watching, self.watching.script.error
        culprits = words.long_ones(frame)
        lines: list[Line]
        blocks_for_s = watching.blocks_for_s
        if blocks_for_s is not None and watching.has_loop:
            title = "culprit, at this moment"
            lines = stack.stuck_lines(watching.stuck_at, blocks_for_s, width, height)
        elif self.page == "error" and error is not None:
            title = "why the script ended"
            lines = stack.error_lines(str(error), error.place, error.details, width, height)
        elif self.page == "culprit" and culprits:
            index = max(0, len(culprits) - 1 - self._culprit)
            title = f"culprit {index + 1} of {len(culprits)}"
            lines = stack.culprit_lines(culprits[index], width, height)
        elif self.page == "output":
            title = "printed"
            lines = stack.output_lines(watching.printed(height), width)
        else:
            title = stack.stack_title(row)
            lines = stack.stack_lines(row, frame.now_ns, width, height)
        entitle(self._told, title)
        self._told.show(lines)
        self._told.set_class(title.startswith(("culprit", "why")), "-alarm")

    def _meet_error(self, frame: LoopFrame) -> None:
        """Turn the panel to why the script ended, once."""
        if frame.error is not None and not self._told_error:
            self._told_error = True
            self.page = "error"

    # -- keys -----------------------------------------------------------------------------

    def action_pause(self) -> None:
        self.watching.toggle()
        self.draw()

    def action_step(self) -> None:
        self.watching.step()
        self.draw()

    def action_step_turn(self) -> None:
        self.watching.step_turn()
        self.draw()

    def action_speed(self, steps: int) -> None:
        self.watching.change_speed(steps)
        self.watching.say(words.speed_words(self.watching.speed))
        self.draw()

    def action_choose(self, steps: int) -> None:
        """Choose the task so many rows below the one that is told of."""
        frame = self._frame()
        if not frame.tasks:
            return
        row = self._row_of(frame)
        at = frame.first + (self._order.index(row.number) if row and row.number in self._order else 0)
        at = max(0, min(frame.tasks - 1, at + steps))
        height = self._tasks.size.height
        self._first = max(min(self._first, at), at - height + 1)
        rows = self.watching.frame(self._first, height).rows
        self.choose_row(at - self._first, rows)

    def choose_row(self, y: int, rows: Sequence[TaskRow] | None = None) -> None:
        """Choose the task in a row of the screen."""
        numbers = self._order if rows is None else [row.number for row in rows]
        if 0 <= y < len(numbers):
            self.chosen = numbers[y]
            self.page = "awaits"
            self.draw()

    def action_follow(self) -> None:
        self.chosen = None
        self.page = "awaits"
        self.draw()

    def action_culprit(self) -> None:
        culprits = words.long_ones(self.watching.frame(self._first, self._tasks.size.height))
        if not culprits:
            self.watching.say("no callback has held up the loop")
        elif self.page != "culprit":
            self.page, self._culprit = "culprit", 0
        else:
            self._culprit = (self._culprit + 1) % len(culprits)
        self.draw()

    def action_page(self, steps: int) -> None:
        frame = self._frame()
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
        from c10k_tui.screens.loop.help_page import LOOP_PAGE
        from c10k_tui.screens.shared.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(LOOP_PAGE))
