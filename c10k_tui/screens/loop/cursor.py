"""The cursor among the tasks: the chosen and the followed task, and the rows shown. No Textual here."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.screens.loop.model import LoopModel
from c10k_tui.text.messages import _
from sim.scripts.loop_frame import LoopFrame
from sim.scripts.task_rows import TaskRow


class TaskCursor:
    """The task that the lowest panel shows, and the tasks that have a row.

    Args:
        model: The script and its pace.
    """

    def __init__(self, model: LoopModel) -> None:
        self._model = model
        self.chosen: int | None = None
        """Number of the chosen task; None while the cursor follows the loop."""
        self.followed: int | None = None
        """Number of the task that ran last; None before the first task."""
        self.shown: list[int] = []
        """Numbers of the tasks in the rows of the screen."""
        self._first = 0
        """Number of tasks above the first row."""

    def frame(self, height: int) -> LoopFrame:
        """The current frame, with ``height`` rows that include the cursor."""
        frame = self._model.frame(self._first, height, self.chosen)
        at = frame.active
        if self.chosen is not None:
            at = frame.chosen
            if at < 0 and not self._model.is_stuck:
                self.chosen = None
                self._model.say(_("the task that was chosen is done"))
        wanted = self._first
        if at >= 0 and not self._first <= at < self._first + height:
            wanted = at - height // 2
        wanted = max(0, min(wanted, frame.tasks - height))
        if wanted != self._first:
            self._first = wanted
            frame = self._model.frame(self._first, height, self.chosen)
        return frame

    def rows(self, height: int) -> LoopFrame:
        """The current frame, with the rows that are on the screen."""
        return self._model.frame(self._first, height)

    def row(self, frame: LoopFrame) -> TaskRow | None:
        """The task under the cursor; None if there is no task."""
        if self.chosen is not None:
            return next((row for row in frame.rows if row.number == self.chosen), None)
        at = frame.active - frame.first
        if 0 <= at < len(frame.rows):
            self.followed = frame.rows[at].number
            return frame.rows[at]
        kept = next((row for row in frame.rows if row.number == self.followed), None)
        return kept or (frame.rows[0] if frame.rows else None)

    def move(self, steps: int, height: int) -> bool:
        """Choose the task ``steps`` rows below the cursor. Returns True if there is a task to choose."""
        frame = self.frame(height)
        if not frame.tasks:
            return False
        row = self.row(frame)
        at = frame.first + (self.shown.index(row.number) if row and row.number in self.shown else 0)
        at = max(0, min(frame.tasks - 1, at + steps))
        self._first = max(min(self._first, at), at - height + 1)
        return self.choose(at - self._first, [row.number for row in self.rows(height).rows])

    def choose(self, y: int, numbers: Sequence[int] | None = None) -> bool:
        """Choose the task in row ``y`` of ``numbers``, or of the screen. Returns False if the row is
        empty.
        """
        numbers = self.shown if numbers is None else numbers
        if not 0 <= y < len(numbers):
            return False
        self.chosen = numbers[y]
        return True
