"""A completion port: no list of descriptors, but operations in flight and a queue of results.

If there is room for a wall, the program's side is left of it and the kernel's side right.
"""

from __future__ import annotations

from c10k_tui.screens.race.mechanism.parts import (
    WALL_WIDTH,
    arrow_in,
    arrow_out,
    counted,
    fitting,
    kernel_width,
    labelled_queue,
    memory_words,
    program_line,
    program_width,
    ranked,
    walled,
    words,
)
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import IocpView
from sim.scenario.units import format_bytes


def iocp_lines(lane: LaneFrame, view: IocpView, width: int, height: int) -> list[Line]:
    """A completion port: receives posted in advance, results in a queue."""
    if height == 1:
        return [_packets("port", view, width)]
    locked = format_bytes(view.locked_bytes)
    flight = counted(_("in flight"), view.pending)
    threads: Line = (
        (_("threads "), "text"),
        (f"{view.running}", "strong"),
        (_(" of {concurrency} run", concurrency=view.concurrency), "text"),
        (_(", {waiting} wait", waiting=view.waiting), "dim"),
    )
    if width < WALL_WIDTH:
        rows = [
            (0, _packets("port", view, width)),
            (1, fitting((_flight(view, locked), _hold(view, locked), flight), width)),
            (2, fitting((threads, threads[:3], words(_("{running} run", running=view.running))), width)),
            (3, fitting((words(_("results, not readiness"), "good"), words("results", "good")), width)),
            (
                4,
                fitting(
                    (words(_("the data is in the buffer"), "dim"), words(_("data is there"), "dim")), width
                ),
            ),
            (5, memory_words(lane, width)),
        ]
        return ranked(rows, height)
    left, right = program_width(width), kernel_width(width)
    load = _("{pending:,} posted", pending=view.pending)
    posted = arrow_in("buffers", load if len(load) + 9 <= left else "posted", left)
    results = arrow_out("results", _("done: the data is there"), left)
    if left < 36:
        results = arrow_out("results", "", left)
    rows = [
        (0, walled(posted, fitting((_flight(view, locked), _hold(view, locked), flight), right), width)),
        (1, walled(results, _packets(_("port's queue"), view, right), width)),
        (2, walled(fitting(_has_data(), left), fitting((threads, threads[:3]), right), width)),
        (3, walled(program_line(_("keeps no list"), left), fitting(_no_list(), right), width)),
        (5, walled(*_started_words(lane, left, right), width)),
        (4, memory_words(lane, width)),
    ]
    return ranked(rows, height)


def _flight(view: IocpView, locked: str) -> Line:
    return (
        *counted(_("in flight"), view.pending),
        (" · ", "dim"),
        (_("{locked} locked", locked=locked), "wasted"),
    )


def _hold(view: IocpView, locked: str) -> Line:
    return (
        (f"{view.pending:,}", "strong"),
        (_(" hold "), "text"),
        (_("{locked} locked", locked=locked), "wasted"),
    )


def _has_data() -> tuple[Line, ...]:
    return (words(_("has the data already"), "dim"), words(_("has the data"), "dim"))


def _no_list() -> tuple[Line, ...]:
    return (words(_("kernel: keeps no list, asks nobody")), words(_("kernel: asks nobody")))


def _started_words(lane: LaneFrame, left: int, right: int) -> tuple[Line, Line]:
    started, ended = (
        _("{operations:,} started", operations=lane.counters.operations),
        f"{lane.counters.completions:,} completed",
    )
    return (
        fitting((words(_("{started} so far", started=started), "dim"), words(started, "dim")), left),
        fitting((words(_("{ended} by packets", ended=ended), "dim"), words(ended, "dim")), right),
    )


def _packets(label: str, view: IocpView, width: int) -> Line:
    """The port's queue: the connection and the bytes of each receive."""
    brought = [f"{key}+{size}B" for key, size in zip(view.queued_keys, view.queued_bytes, strict=True)]
    return labelled_queue(label, view.queued, brought, width)
