"""The holder of the list of descriptors, and the data that crosses into the kernel and back in a call.

select and poll pass the whole list in every call. epoll and kqueue keep it in the kernel and have a
queue of ready descriptors. If there is room for a wall, the program's side is left of it and the kernel's
side right.
"""

from __future__ import annotations

from rich.cells import cell_len

from c10k_tui.screens.race.mechanism.parts import (
    WALL_WIDTH,
    arrow_in,
    arrow_out,
    bytes_words,
    counted,
    fitting,
    gauge,
    kernel_width,
    labelled_queue,
    memory_words,
    program_line,
    program_width,
    ranked,
    walled,
    words,
)
from c10k_tui.text import glyphs
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, width_of
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import EpollView, KqueueView, SetView
from sim.scenario.lane_kind import Trigger
from sim.scenario.units import format_bytes

_LEVEL = (N_("level: asked again until it is read"), "level-triggered")
_EDGE = (N_("edge: told once for each arrival"), "edge-triggered")


# -- select and poll -------------------------------------------------------------------------------


def set_lines(lane: LaneFrame, view: SetView, width: int, height: int) -> list[Line]:
    """A scanning lane: the set that every call passes in, and the kernel's copy, which the kernel checks."""
    if height == 1:
        return [_set_line(lane, view, width)]
    checked, whole = _checked(lane, view)
    if width < WALL_WIDTH:
        crossing = fitting(
            (
                (
                    (f"{glyphs.PLAY} {view.in_bytes:,} B", "wasted"),
                    (f" {glyphs.BACK} {view.out_bytes:,} B", "wasted"),
                    (_(" a call"), "dim"),
                ),
                (
                    (f"{glyphs.PLAY} {format_bytes(view.in_bytes)}", "wasted"),
                    (f" {glyphs.BACK} {format_bytes(view.out_bytes)}", "wasted"),
                ),
            ),
            width,
        )
        rows = [
            (0, crossing),
            (1, _copy(view, checked, whole, width)),
            (2, fitting(_checked_words(view, checked, whole), width)),
            (3, fitting((words(_("the program holds the list"), "text"), words(_("list: program"))), width)),
            (
                4,
                fitting(
                    (words(_("the kernel keeps nothing"), "dim"), words(_("kernel: none"), "dim")), width
                ),
            ),
            (5, memory_words(lane, width)),
        ]
        return ranked(rows, height)
    left, right = program_width(width), kernel_width(width)
    label = _("{form} of {watched:,}", form=view.form, watched=view.watched) if left >= 34 else view.form
    room = left - cell_len(label) - 4
    handed = arrow_in(label, bytes_words(view.in_bytes, room), left)
    back = arrow_out("answer", bytes_words(view.out_bytes, left - 11), left)
    rows = [
        (
            2,
            walled(
                program_line(_("holds the list"), left, "strong"),
                words(_("kernel: keeps nothing of it")),
                width,
            ),
        ),
        (0, walled(handed, _copy(view, checked, whole, right), width)),
        (1, walled(back, fitting(_checked_words(view, checked, whole), right), width)),
        (3, walled(_walk_words(view, left), _per_ready(lane, view, right), width)),
        (5, walled((), fitting(_hook_words(), right), width)),
        (4, memory_words(lane, width)),
    ]
    return ranked(rows, height)


def _set_line(lane: LaneFrame, view: SetView, width: int) -> Line:
    """The whole picture in one line: the progress of the scan."""
    checked, whole = _checked(lane, view)
    label = _("scan") + " "
    return ((label, "dim"), *_copy(view, checked, whole, width - cell_len(label)))


def _checked(lane: LaneFrame, view: SetView) -> tuple[int, int]:
    """Descriptors checked so far in the current pass, and their number in all."""
    scan = lane.passes[-1] if lane.passes else None
    if not view.in_kernel or scan is None:
        return 0, view.watched
    return scan.position, scan.count


def _copy(view: SetView, checked: int, whole: int, width: int) -> Line:
    """The kernel's copy of the set: the checked part and the part still to be checked."""
    if width <= 0 or not view.in_kernel:
        return words(glyphs.IDLE * max(0, width), "idle")
    done = gauge(checked, whole, width, "heat-3")[: checked > 0]
    return (*done, (glyphs.HEAT[0] * (width - width_of(done)), "heat-1"))


def _checked_words(view: SetView, checked: int, whole: int) -> tuple[Line, ...]:
    if not view.in_kernel:
        return (words(_("no copy here between two calls"), "dim"), words(_("between two calls"), "dim"))
    far = ((f"{checked:,}", "strong"), (_(" of {whole:,} asked", whole=whole), "text"))
    return ((*far, (_(" in this pass"), "dim")), far, words(_("{checked:,} asked", checked=checked)))


def _walk_words(view: SetView, width: int) -> Line:
    each = "bit" if view.form == "fd_set" else "entry"
    return fitting(
        (words(_("walks every {each} of it", each=each), "dim"), words(_("walks it all"), "dim")), width
    )


def _per_ready(lane: LaneFrame, view: SetView, width: int) -> Line:
    """Bytes that the last call copied for each descriptor it found ready."""
    if lane.call is None or not lane.call.ready:
        return ()
    copied = (view.in_bytes + view.out_bytes) // lane.call.ready
    long = _(" B copied for each of {ready:,} ready", ready=lane.call.ready)
    return fitting(
        (((f"{copied:,}", "wasted"), (long, "dim")), ((f"{copied:,}", "wasted"), (_(" B per ready"), "dim"))),
        width,
    )


def _hook_words() -> tuple[Line, ...]:
    return (
        words(_("a call that sleeps hooks itself on all of them"), "dim"),
        words(_("sleeps hooked on all"), "dim"),
    )


# -- epoll and kqueue ------------------------------------------------------------------------------


def epoll_lines(lane: LaneFrame, view: EpollView, width: int, height: int) -> list[Line]:
    """One server on one epoll: the list stays in the kernel, the ready descriptors are in a queue."""
    if height == 1:
        return [labelled_queue("ready", view.ready, view.ready_fds, width)]
    out = 0 if lane.call is None else lane.call.ready * view.event_bytes
    trigger = tuple(
        words(_(text), "dim") for text in (_EDGE if lane.kind.trigger is Trigger.EDGE else _LEVEL)
    )
    if width < WALL_WIDTH:
        rows = [
            (0, labelled_queue("ready", view.ready, view.ready_fds, width)),
            (1, fitting((_out_words(out, _(": only the ready")), _out_words(out, "")), width)),
            (
                2,
                fitting(
                    (counted(_("kernel keeps all"), view.watched), counted("keeps", view.watched)), width
                ),
            ),
            (3, fitting(trigger, width)),
            (
                4,
                fitting(
                    (words(_("the program hands over nothing"), "dim"), words(_("0 B in"), "dim")), width
                ),
            ),
            (5, memory_words(lane, width)),
        ]
        return ranked(rows, height)
    left, right = program_width(width), kernel_width(width)
    events = arrow_out("events", bytes_words(out, left - 11), left)
    nothing = arrow_in("", "0 B", left)
    rows = [
        (2, walled(program_line(_("keeps no list"), left), _interest(view, right), width)),
        (0, walled(nothing, labelled_queue(_("ready list"), view.ready, view.ready_fds, right), width)),
        (1, walled(events, fitting(_each_words(view.event_bytes), right), width)),
        (3, walled((), fitting(trigger, right), width)),
        (5, walled(_ctl_arrow(lane, left), fitting(_ctl_words(), right), width)),
        (4, memory_words(lane, width)),
    ]
    return ranked(rows, height)


def _interest(view: EpollView, width: int) -> Line:
    return fitting(
        (
            ((_("kernel: interest list of "), "text"), (f"{view.watched:,}", "strong")),
            ((_("kernel: holds "), "text"), (f"{view.watched:,}", "strong")),
        ),
        width,
    )


def _out_words(out_bytes: int, why: str) -> Line:
    return ((f"{glyphs.BACK} {out_bytes:,} B", "good"), (why, "dim"))


def _each_words(event_bytes: int) -> tuple[Line, ...]:
    return (
        words(_("{event_bytes} B for each that is ready, no more", event_bytes=event_bytes), "dim"),
        words(_("{event_bytes} B for each ready", event_bytes=event_bytes), "dim"),
    )


def kqueue_lines(lane: LaneFrame, view: KqueueView, width: int, height: int) -> list[Line]:
    """kqueue: knotes in the kernel, changes in and events out in one call."""
    if height == 1:
        return [labelled_queue("queue", view.queued, view.queued_fds, width)]
    ready = 0 if lane.call is None else lane.call.ready
    handed = view.handed or view.changes
    in_bytes, out_bytes = handed * view.event_bytes, ready * view.event_bytes
    if width < WALL_WIDTH:
        crossing = fitting(
            (
                (
                    (f"{glyphs.PLAY} {_some(handed, 'change')}", "wasted" if handed else "dim"),
                    (f" {glyphs.BACK} {_some(ready, 'event')}", "good"),
                ),
                ((f"{glyphs.PLAY}{handed:,}", "text"), (f" {glyphs.BACK}{ready:,}", "good")),
            ),
            width,
        )
        rows = [
            (0, labelled_queue("queue", view.queued, view.queued_fds, width)),
            (1, crossing),
            (
                2,
                fitting(
                    (counted(_("kernel keeps knotes"), view.knotes), counted("knotes", view.knotes)), width
                ),
            ),
            (3, fitting((words(_("both in one kevent call"), "dim"), words(_("one kevent"), "dim")), width)),
            (4, fitting(_filter_words(lane), width)),
            (5, memory_words(lane, width)),
        ]
        return ranked(rows, height)
    left, right = program_width(width), kernel_width(width)
    changes = arrow_in(_some(handed, "change"), bytes_words(in_bytes, left - 18), left)
    events = arrow_out(_some(ready, "event"), bytes_words(out_bytes, left - 16), left)
    knotes = ((_("kernel: "), "text"), (f"{view.knotes:,}", "strong"), (_(" knotes"), "text"))
    long = (*knotes, (_(" (number, filter)"), "dim"))
    rows = [
        (2, walled(program_line(_("keeps no list"), left), fitting((long, knotes), right), width)),
        (0, walled(changes, labelled_queue("queue", view.queued, view.queued_fds, right), width)),
        (1, walled(events, fitting((words(_("both in one kevent call"), "dim"),), right), width)),
        (3, walled((), fitting(_filter_words(lane), right), width)),
        (5, walled(_gathered_words(view, left), fitting(_change_words(), right), width)),
        (4, memory_words(lane, width)),
    ]
    return ranked(rows, height)


def _ctl_arrow(lane: LaneFrame, width: int) -> Line:
    """Changes of the interest list since the counters began."""
    count = _("{epoll_ctl:,} so far", epoll_ctl=lane.counters.epoll_ctl)
    return arrow_in("epoll_ctl", count if len(count) + 13 <= width else "", width)


def _ctl_words() -> tuple[Line, ...]:
    return (words(_("once for each that comes, not in every wait"), "dim"), words(_("once for each"), "dim"))


def _gathered_words(view: KqueueView, width: int) -> Line:
    return fitting(
        (
            words(_("{changes:,} for the next call", changes=view.changes), "dim"),
            words(_("{changes:,} next", changes=view.changes), "dim"),
        ),
        width,
    )


def _some(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _change_words() -> tuple[Line, ...]:
    return (words(_("changes need no call of their own"), "dim"), words(_("no call of their own"), "dim"))


def _filter_words(lane: LaneFrame) -> tuple[Line, ...]:
    runs = f"{lane.counters.filter_runs:,}"
    return (
        ((runs, "strong"), (_(" filters run as packets came"), "dim")),
        ((runs, "strong"), (_(" filters run"), "dim")),
    )
