"""An event loop on epoll: its ready callbacks, and its work between a packet and the line after ``await``.

The kernel's side is the same as for epoll. The loop adds the program's side: each event schedules callbacks,
which schedule further callbacks, turn by turn, until nothing is left to do.
"""

from __future__ import annotations

from c10k_tui.screens.race.mechanism.parts import (
    WALL_WIDTH,
    counted,
    fitting,
    gauge,
    kernel_width,
    memory_words,
    program_width,
    ranked,
    walled,
    words,
)
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, width_of
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import LoopView
from sim.scenario.units import format_duration


def loop_lines(lane: LaneFrame, view: LoopView, width: int, height: int) -> list[Line]:
    """The loop's queue of callbacks, the ready list below it, and its last round."""
    callbacks, ready = counted("callbacks", view.queued), counted(_("ready list"), lane.ready_listed)
    if height == 1:
        return [fitting(((*callbacks, (" · ", "dim"), *ready), callbacks), width)]
    if width < WALL_WIDTH:
        rows: list[tuple[int, Line]] = [
            (0, fitting(_queue_choices(view), width)),
            (1, fitting(((*ready, (_(" in the kernel"), "dim")), ready), width)),
            (2, fitting(_round_choices(view), width)),
            (3, _price_line(view, width)),
            (4, fitting((counted(_("kernel keeps"), lane.registered),), width)),
            (5, memory_words(lane, width)),
        ]
        return ranked(rows, height)
    left, right = program_width(width), kernel_width(width)
    does = _("in epoll_wait") if view.polling else _("runs callbacks")
    where = fitting((words(_("loop: {does}", does=does)), words(does)), left)
    listed = counted(_("interest list of"), lane.registered)
    rows = [
        (1, walled(where, fitting((((_("kernel: "), "text"), *listed), listed), right), width)),
        (0, walled(fitting(_queue_choices(view), left), ready, width)),
        (2, fitting(_round_choices(view), width)),
        (3, _price_line(view, width)),
        (5, fitting(_await_choices(), width)),
        (4, memory_words(lane, width)),
    ]
    return ranked(rows, height)


def _queue_choices(view: LoopView) -> tuple[Line, ...]:
    callbacks = counted("callbacks", view.queued)
    turn: Line = ((", ", "text"), (f"{view.left:,}", "strong"), (_(" this turn"), "text"))
    return ((*callbacks, (_(" ready"), "text"), *turn), (*callbacks, *turn), callbacks)


def _round_choices(view: LoopView) -> tuple[Line, ...]:
    """Turns and callbacks of the last round. A round lasts from one idle moment of the loop to the next."""
    said = view.round
    events = ((f"{said.events:,}", "strong"), (" event" if said.events == 1 else " events", "text"))
    turns = ((f"{said.turns:,}", "strong"), (" turn" if said.turns == 1 else " turns", "text"))
    calls = ((f"{said.callbacks:,}", "strong"), (_(" callbacks"), "text"))
    comma = (", ", "text")
    when = (_("last round: ") if view.finished else _("this round: "), "text")
    return (
        (when, *events, comma, *calls, comma, *turns),
        (*events, comma, *calls, comma, *turns),
        (*events, comma, *calls),
        calls,
    )


def _price_line(view: LoopView, width: int) -> Line:
    """The loop's own CPU time in that round, beside the CPU time of its epoll_waits."""
    loop_ns, epoll_ns = view.round.loop_ns, view.round.epoll_ns
    prices: Line = (
        (_("loop "), "text"),
        (format_duration(loop_ns), "wasted"),
        (_(" · epoll_wait "), "text"),
        (format_duration(epoll_ns), "good"),
    )
    room = width - width_of(prices) - 1
    if room < 5:
        return fitting((prices, prices[:2]), width)
    return (*prices, (" ", "text"), *gauge(loop_ns, loop_ns + epoll_ns, room, "wasted"))


def _await_choices() -> tuple[Line, ...]:
    return (
        words(
            _("an event makes its callback ready, that one the task, the task runs on after its await"), "dim"
        ),
        words(_("event, callback, task, the line after await"), "dim"),
        words(_("event to await"), "dim"),
    )
