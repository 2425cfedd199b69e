"""The grid as numbers: the state of each cell of a
:class:`~c10k_tui.screens.race.views.grid_layout.GridLayout`.

**What a cell shows.** A cell has a *state*: idle, ready (unread bytes), just read, packet just arrived. It
also has a *heat*: the time since a scan passed it, in four steps, and one more step for the front of the
scan. Heat is a pure function of the passes in a frame: within a pass the front moves evenly, so simple
arithmetic gives the age of a cell. epoll makes no passes, so its cells never get hot. This is the point of
the picture.

Lanes in which several tasks share the CPU make no passes either. There, heat is the time since a task ran
*for this descriptor*: it read, wrote or went to sleep on it. The state is the state of that task: running,
runnable or blocked. A descriptor without a task has none of these. A cell shows the strongest state among its
descriptors.

Some lanes report results (io_uring, a completion port). The kernel takes the bytes out of the socket before
it reports to the program, so a descriptor is hardly ever ready. Received bytes that the program has not
answered yet are *completed*. The records give their number: bytes read, minus bytes written in answer.

**Cost.** The states of tasks are one byte for each descriptor. Nothing else grows with the number of
descriptors from frame to frame. The set of ready descriptors is updated from the records, because only
descriptors named in a record can have changed. The whole mask is read only when the layout changes or records
were lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from c10k_tui.screens.race.views.grid_layout import GridLayout, arrange
from sim.frames.frame import LaneFrame, PassView, TaskState, TaskView
from sim.machine.records import Kind, Record

POLLIN = 0x0001
"""Bit of a poll mask: reading would not block."""

HEAT_LEVELS = 6
"""0: cold. 1 to 4: checked some time ago to just now. 5: the front of the scan."""
FRONT = 5
IDLE, READY, READ, ARRIVED, COMPLETED, BLOCKED, RAN, RUNNABLE, RUNNING = STATES = range(9)
"""States of a cell. A RUNNABLE cell with heat :data:`FRONT` got a packet just now."""
BLANK = 255
"""A place of the terminal outside all cells."""
STRUCK = 254
"""The cell of the descriptor at which a fault struck, in any state."""
CURSOR = 64
"""Added to the code of the cell under the cursor."""

TRAIL_S = 0.9
"""Wall seconds that a cell glows after a check, or after its task ran."""
TRAIL_STEPS = (0.08, 0.30, 0.62, 1.0)
"""Ages, as parts of the trail, up to which the heat is 4, 3, 2, 1."""
ARRIVED_S = 0.25
"""Wall seconds that an arrival flashes."""
READ_S = 0.5
"""Wall seconds that a read flashes; longer, because epoll reads while the arrival still flashes."""

NAMED = 2_000
"""If a frame has more records than this, reading the whole mask is faster than following the records."""
_TOUCHING = frozenset((Kind.PACKET, Kind.READ, Kind.ACCEPT, Kind.CLOSE))
"""Records of events that can make a descriptor ready or not ready."""
_READING = frozenset((Kind.READ,))
_RUNNING = frozenset((Kind.READ, Kind.WRITE, Kind.SLEEP))
"""Records of a task's actions for a descriptor."""
_ENDING = frozenset((Kind.CLOSE, Kind.DROP))

LONG_AGO = -(2**62)
NOTHING = BLANK * 257
"""The code of a character without cells."""

Codes = npt.NDArray[np.uint8]
PlaceCodes = npt.NDArray[np.uint16]
Change = tuple[int, int, int]
"""``(row, first column, column after the last)`` of a stretch that must be drawn again."""


def heat_of(
    passes: Sequence[PassView], now_ns: int, layout: GridLayout, first_fd: int, trail_ns: float
) -> Codes:
    """Heat of each cell: age of the last pass's front over it, in steps.

    Args:
        passes: The passes of a frame, oldest first.
        now_ns: The frame's time.
        layout: The grid.
        first_fd: Descriptor of the grid's first cell.
        trail_ns: Virtual time that a cell glows.
    """
    heat = np.zeros(layout.cells, np.uint8)
    ends = np.minimum(np.arange(1, layout.cells + 1) * layout.k, layout.fds)
    steps = np.array(TRAIL_STEPS) * trail_ns
    for scan in passes:
        running = scan.end_ns is None
        end_ns = now_ns if scan.end_ns is None else scan.end_ns
        if not running and now_ns - end_ns > trail_ns:
            continue
        reached = min(max(scan.front_fd - first_fd, 0), layout.fds) if running else layout.fds
        if reached:
            passed = int(np.searchsorted(ends, reached, "right"))
            slope = (end_ns - scan.start_ns) / reached
            age = now_ns - scan.start_ns - ends[:passed] * slope
            heat[:passed] = 4 - np.searchsorted(steps, age)
        if running and reached < layout.fds:
            heat[reached // layout.k] = FRONT
    return heat


class CellModel:
    """One lane's grid, from frame to frame."""

    def __init__(self) -> None:
        self.layout = arrange(1, 1, 1)
        self.codes: PlaceCodes = np.full((1, 1), NOTHING, np.uint16)
        """Code of each character of the terminal, by row and column: the code of its upper cell, plus 256
        times the code of its lower cell. The code of a cell is ``state * HEAT_LEVELS + heat``. Without
        stacked cells both are equal."""
        self.cursor: int | None = None
        """The place under the cursor; None without a cursor."""
        self._marked_fd: int | None = None
        self._first_fd = -1
        self._is_ready = np.zeros(0, np.bool_)
        self._ready = np.zeros(0, np.int32)
        self._arrived_ns = np.zeros(0, np.int64)
        self._served_ns = np.zeros(0, np.int64)
        """Virtual time at which a cell was last read; in lanes of tasks, at which a task last ran for it."""
        self._held_bytes: dict[int, int] = {}
        """Completed bytes that are not answered yet, by descriptor, counted from the grid's first."""

    def forget(self) -> None:
        """Start over: the next frame does not follow from the last one."""
        self._first_fd = -1

    def resize(self, fds: int, width: int, height: int, *, stacked: int = 1) -> bool:
        """Fit the grid to a size; see :func:`arrange`. Returns True if its layout has changed."""
        layout = arrange(fds, width, height, stacked=stacked)
        if layout == self.layout:
            return False
        self.layout = layout
        self.codes = np.full((layout.height, layout.width), NOTHING, np.uint16)
        self.cursor = None
        self._first_fd = -1
        return True

    def show(self, lane: LaneFrame, now_ns: int, rate_ns: float) -> list[Change]:
        """Take a frame. Returns the stretches that must be drawn again.

        Args:
            lane: The lane at ``now_ns``. It must have as many descriptors as the layout.
            now_ns: The frame's time.
            rate_ns: Virtual nanoseconds per wall second. Flashes and trails last wall time.
        """
        self._follow(lane)
        layout = self.layout
        arrived = self._arrived_ns > now_ns - int(ARRIVED_S * rate_ns)
        if lane.tasks is None:
            heat = heat_of(lane.passes, now_ns, layout, lane.first_fd, TRAIL_S * rate_ns)
            state = (self._ready > 0).astype(np.uint8)
            state[self._served_ns > now_ns - int(READ_S * rate_ns)] = READ
            state[[index // layout.k for index in self._held_bytes]] = COMPLETED
            state[arrived] = ARRIVED
        else:
            state, heat = self._tasks_at(lane.tasks, arrived, now_ns, TRAIL_S * rate_ns)
        cells = state * np.uint8(HEAT_LEVELS) + heat
        if self.cursor is not None and self.cursor < layout.places:
            first = self.cursor * layout.stacked
            cells[first : first + layout.stacked] += CURSOR
        self._draw_mark(cells)
        codes = _spread(cells, layout)
        changes = _changes(self.codes, codes)
        self.codes = codes
        return changes

    def _tasks_at(
        self, tasks: TaskView, arrived: npt.NDArray[np.bool_], now_ns: int, trail_ns: float
    ) -> tuple[Codes, Codes]:
        """State and heat of the cells in a lane whose tasks share the CPU."""
        at = tasks.states
        if self.layout.k > 1:
            at = np.maximum.reduceat(at, np.arange(0, self.layout.fds, self.layout.k))
        running, runnable = at == TaskState.RUNNING, at == TaskState.RUNNABLE
        self._served_ns[running] = now_ns
        age = now_ns - self._served_ns
        heat = (4 - np.searchsorted(np.array(TRAIL_STEPS) * trail_ns, age)).astype(np.uint8)
        state = np.where(at == TaskState.BLOCKED, np.uint8(BLOCKED), np.uint8(IDLE))
        state[heat > 0] = RAN
        state[self._ready > 0] = READY
        state[arrived] = ARRIVED
        state[runnable] = RUNNABLE
        state[running] = RUNNING
        heat[(state == ARRIVED) | runnable | running] = 0
        heat[runnable & arrived] = FRONT
        return state, heat

    def mark(self, fd: int | None) -> None:
        """Highlight the cell of a descriptor, from the next frame on; None for no cell."""
        self._marked_fd = fd

    def _draw_mark(self, cells: Codes) -> None:
        """Draw the marked cell over every state, but not over the cursor."""
        index = -1 if self._marked_fd is None else self._marked_fd - self._first_fd
        if 0 <= index < self.layout.fds and index // self.layout.place_fds != self.cursor:
            cells[index // self.layout.k] = STRUCK

    def _follow(self, lane: LaneFrame) -> None:
        """Update the ready descriptors and the flashes to the frame."""
        if lane.first_fd != self._first_fd or lane.records_lost or len(lane.records) > NAMED:
            fresh = lane.first_fd != self._first_fd
            self._rebuild(lane, keep_flashes=not fresh)
        if lane.records:
            self._apply(lane)

    def _rebuild(self, lane: LaneFrame, keep_flashes: bool) -> None:
        layout = self.layout
        self._first_fd = lane.first_fd
        self._is_ready = (lane.poll_mask[lane.first_fd : lane.first_fd + layout.fds] & POLLIN).astype(
            np.bool_
        )
        missing = layout.fds - len(self._is_ready)
        if missing > 0:
            self._is_ready = np.pad(self._is_ready, (0, missing))
        starts = np.arange(0, layout.fds, layout.k)
        self._ready = np.add.reduceat(self._is_ready, starts, dtype=np.int32)
        self._held_bytes.clear()  # Some records were not followed, so this is unknown.
        if not keep_flashes:
            self._arrived_ns = np.full(layout.cells, LONG_AGO, np.int64)
            self._served_ns = np.full(layout.cells, LONG_AGO, np.int64)

    def _apply(self, lane: LaneFrame) -> None:
        """Update from the records: only a descriptor named in a record can have changed."""
        first_fd, fds, k = lane.first_fd, self.layout.fds, self.layout.k
        arrived_ns, served_ns = self._arrived_ns, self._served_ns
        serving = _RUNNING if lane.tasks is not None else _READING
        touched = set()
        # A plain loop: a frame has a few dozen records, for which NumPy's calls would cost more.
        for time_ns, kind, fd, _, _, _ in lane.records[-NAMED:]:
            index = fd - first_fd
            if 0 <= index < fds:
                if kind in _TOUCHING:
                    touched.add(index)
                if kind == Kind.PACKET:
                    arrived_ns[index // k] = time_ns
                elif kind in serving:
                    served_ns[index // k] = time_ns
        masks, is_ready = lane.poll_mask, self._is_ready
        for index in touched:
            now_ready = bool(masks[first_fd + index] & POLLIN)
            if now_ready != is_ready[index]:
                is_ready[index] = now_ready
                self._ready[index // k] += 1 if now_ready else -1
        if lane.kind.completes:
            self._hold(lane.records[-NAMED:], first_fd)

    def _hold(self, records: Sequence[Record], first_fd: int) -> None:
        """Count the bytes received for the program, minus the bytes of its answers."""
        held = self._held_bytes
        for _, kind, fd, size, _, _ in records:
            index = fd - first_fd
            if not 0 <= index < self.layout.fds:
                continue
            if kind == Kind.READ and size:
                held[index] = held.get(index, 0) + size
            elif kind == Kind.WRITE and held.get(index, 0) > size:
                held[index] -= size
            elif kind == Kind.WRITE or kind in _ENDING:
                held.pop(index, None)


def _spread(cells: Codes, layout: GridLayout) -> PlaceCodes:
    """The codes of cells, spread over the characters of the terminal."""
    codes = np.full((layout.height, layout.width), NOTHING, np.uint16)
    stack = np.full((layout.rows * layout.columns, layout.stacked), BLANK, np.uint8)
    stack.reshape(-1)[: layout.cells] = cells
    places = stack[:, 0] + stack[:, -1].astype(np.uint16) * 256
    block = places.reshape(layout.rows, layout.columns)
    if layout.pitch_x == layout.pitch_y == 1:
        codes[: layout.rows, : layout.columns] = block
        return codes
    for dy in range(layout.fill_y):
        for dx in range(layout.fill_x):
            target = codes[dy :: layout.pitch_y, dx :: layout.pitch_x]
            rows, columns = min(layout.rows, target.shape[0]), min(layout.columns, target.shape[1])
            target[:rows, :columns] = block[:rows, :columns]
    return codes


def _changes(old: PlaceCodes, new: PlaceCodes) -> list[Change]:
    """The changed stretch of each row that has changed."""
    if old.shape != new.shape:
        return [(y, 0, new.shape[1]) for y in range(new.shape[0])]
    differs = old != new
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return []
    marked = differs[rows]
    first = marked.argmax(axis=1)
    last = marked.shape[1] - marked[:, ::-1].argmax(axis=1)
    return [(int(y), int(x0), int(x1)) for y, x0, x1 in zip(rows, first, last, strict=True)]
