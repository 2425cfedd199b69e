"""The line below the grids: each lane's state of the descriptors under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from c10k_tui.text.lanes import brief_name
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, clip, fitting
from sim.frames.frame import FdView, Frame, LaneFrame, TaskState, TaskView
from sim.scenario.lane_kind import Family
from sim.scenario.units import format_bytes, format_duration

_WORDS = {TaskState.RUNNING: "running", TaskState.RUNNABLE: "runnable", TaskState.BLOCKED: "asleep"}
"""Word for the state of a task at a descriptor."""
NAME_CELLS = 6
"""Cells for a lane's name when there is little room."""


def detail_line(views: Mapping[str, FdView], frame: Frame, width: int) -> Line:
    """Each lane's state of the descriptors under the cursor.

    Args:
        views: The kernel's state of these descriptors, by lane.
        frame: The race now.
        width: Cells.
    """
    any_view = next(iter(views.values()))
    first, last = any_view.first_fd, any_view.last_fd
    head: Line = ((f" {f'fd {first}' if first == last else f'fds {first:,}–{last:,}'} ", "cursor"),)
    known = [
        (lane.name, _state(lane, views[lane.name]), _checked(lane, views[lane.name], frame.now_ns))
        for lane in frame.lanes
    ]
    shorter = [(name, state, checked.partition(":")[0]) for name, state, checked in known]
    unchecked = [(name, state, "") for name, state, _ in known]
    choices = [(*head, *_lanes(some, width)) for some in (known, shorter, unchecked)]
    return clip(fitting((*choices, (*head, *_lanes(unchecked, NAME_CELLS))), width), width)


def _lanes(known: Iterable[tuple[str, str, str]], name_cells: int) -> Line:
    """Name, state and time of the last check, of each lane."""
    spans: list[Span] = []
    for name, state, checked in known:
        between = (" · " if spans else " ", "dim")
        spans += [between, (brief_name(name, name_cells), name), (f" {state}", "text"), (checked, "dim")]
    return tuple(spans)


def _state(lane: LaneFrame, view: FdView) -> str:
    words = view.state
    if view.state == "mixed":
        words = _("{ready} of {open} ready", ready=view.ready, open=view.open)
    if view.buffered_bytes:
        words += _(", {buffered_bytes} unread", buffered_bytes=format_bytes(view.buffered_bytes))
    doing = "" if lane.tasks is None else _doing(lane, lane.tasks, view)
    if doing and view.state == "idle":
        return doing
    return f"{words}, {doing}" if doing else words


def _doing(lane: LaneFrame, tasks: TaskView, view: FdView) -> str:
    """Number and state of the tasks at these descriptors, for the busiest state that occurs."""
    states = tasks.states[view.first_fd - lane.first_fd : view.last_fd - lane.first_fd + 1]
    for state, word in _WORDS.items():
        count = int((states == state).sum())
        if count:
            return _("task {word}", word=word) if len(states) == 1 else f"{count} {word}"
    return ""


def _checked(lane: LaneFrame, view: FdView, now_ns: int) -> str:
    if view.last_checked_ns is not None:
        return _(", checked {value} ago", value=format_duration(max(0, now_ns - view.last_checked_ns)))
    if lane.kind.scans:
        return _(", not checked yet")
    # Other lanes have no such time: only items of a ready list keep the time of their last check.
    return _(", never checked: nobody asked") if lane.kind.family is Family.READY_LIST else ""
