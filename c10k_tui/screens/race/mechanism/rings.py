"""io_uring's two rings, drawn as loops of slots, filled from the head to the tail.

The program writes submissions at the tail of one ring and takes completions from the head of the other. Both
rings wrap around. A loop has fewer slots than a ring has entries, so one round of the loop shows only a part
of the ring. Each slot stands for enough entries that all used entries fit on the loop, and the picture shows
this number.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from c10k_tui.screens.race.mechanism.parts import counted, fitting, ranked, words
from c10k_tui.text import glyphs
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, pad, width_of
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import IoUringView, RingView

FD_MASK = 0xFFFFFFFF
"""The lower half of ``user_data``, where the servers keep the descriptor."""
HEAD, TAIL, BOTH = "H", "T", "="
LOOPS_WIDTH = 26
"""From this width on two loops fit side by side."""
MIDDLE_WIDTH = 20
"""Cells between the loops, for the kernel's own state."""
POLL_IN = 0x001


@dataclass(frozen=True, slots=True)
class Slots:
    """A ring on a loop of slots."""

    glyphs: tuple[str, ...]
    """Glyph of each slot, round the loop: empty, filled, head, tail."""
    each: int
    """Ring entries that a slot stands for."""


def slots_of(ring: RingView, count: int) -> Slots:
    """A ring laid round a loop.

    Args:
        ring: The ring's state.
        count: Slots of the loop, at least 2.
    """
    used = ring_used(ring)
    each = 1
    while -(-used // each) > count - 1:
        each *= 2
    filled = -(-used // each)
    head = ring.head // each % count
    looks = [glyphs.IDLE] * count
    for offset in range(filled):
        looks[(head + offset) % count] = glyphs.FULL
    looks[(head + filled) % count] = TAIL
    looks[head] = HEAD if filled else BOTH
    return Slots(tuple(looks), each)


def ring_used(ring: RingView) -> int:
    """Entries from head to tail."""
    return (ring.tail - ring.head) & FD_MASK


def ring_lines(lane: LaneFrame, view: IoUringView, width: int, height: int) -> list[Line]:
    """Both rings, and between them the operations in flight in the kernel."""
    if height < 3:
        return [_ring_line(lane, view, width), *_kernel_rows(lane, view, width)[: height - 1]]
    if width < LOOPS_WIDTH:
        return _stacked(lane, view, width, height)
    middle = 0
    if width >= 2 * 16 + MIDDLE_WIDTH:
        middle = MIDDLE_WIDTH if width < 80 else 28
    side = (width - middle) // 2
    gap = width - middle - 2 * side
    room, rows = side - 4, height - 2
    taken, done = _submission_rows(view, room, rows), _completion_rows(lane, view, room, rows)
    if not middle:
        taken, done = _with_kernel(lane, view, taken, done, room)
    submissions = _loop(view.submissions, taken, side, height, lane.name)
    completions = _loop(view.completions, done, side, height, lane.name)
    kernel_rows = _kernel_rows(lane, view, middle - 4) if middle else []
    lines: list[Line] = []
    for y in range(height):
        between: Line = ()
        if middle:
            flow = glyphs.PLAY if y == height // 2 else " "
            text = kernel_rows[y] if y < len(kernel_rows) else ()
            between = ((f"{flow} ", "dim"), *pad(text, middle - 4), (f" {flow}", "dim"))
        lines.append((*submissions[y], *between, (" " * gap, "text"), *completions[y]))
    return lines


def _with_kernel(
    lane: LaneFrame, view: IoUringView, taken: list[Line], done: list[Line], room: int
) -> tuple[list[Line], list[Line]]:
    """The insides of the loops, with the kernel's state in their last rows when there is no room between
    them.

    A single row has room only for the polling thread, if there is one. The loop itself shows how full the
    ring is.
    """
    if len(taken) == 1:
        if view.thread is None:
            return taken, done
        return [fitting(_in_loop_choices(lane, view), room)], done
    kernel = _kernel_rows(lane, view, room)
    if view.thread is not None:
        kernel = [kernel[1], kernel[0], *kernel[2:]]
    return [*taken[:-1], kernel[0]], [*done[:-1], kernel[1]]


def _in_loop_choices(lane: LaneFrame, view: IoUringView) -> tuple[Line, ...]:
    """Fill level of the submission ring with its polling thread, or the thread alone."""
    used: Line = counted("SQ", ring_used(view.submissions))
    choices = _thread_choices(lane, view)
    brief = words(f"{_VERBS[view.thread or '']} {_burnt_percent(lane)}%", "wasted")
    return ((*used, *words(" · ", "dim"), *brief), (*used, *words(" "), *brief), brief, choices[-1])


_VERBS = {"working": "works", "spinning": "spins", "asleep": "sleeps", "": ""}


# -- loops -----------------------------------------------------------------------------------------


def _loop(ring: RingView, inside: list[Line], width: int, height: int, role: str) -> list[Line]:
    """A loop of slots, clockwise from the top left, around lines of text."""
    across, down = width - 2, height - 2
    slots = slots_of(ring, 2 * across + 2 * down).glyphs
    top = slots[:across]
    right = slots[across : across + down]
    bottom = slots[across + down : 2 * across + down][::-1]
    left = slots[2 * across + down :][::-1]
    lines: list[Line] = [(("╭", "dim"), *_spans(top, role), ("╮", "dim"))]
    for y in range(down):
        text = pad(inside[y] if y < len(inside) else (), width - 4)
        lines.append(
            (
                *_spans(left[y : y + 1], role),
                (" ", "text"),
                *text,
                (" ", "text"),
                *_spans(right[y : y + 1], role),
            )
        )
    return [*lines, (("╰", "dim"), *_spans(bottom, role), ("╯", "dim"))]


def _spans(looks: tuple[str, ...], role: str) -> Line:
    """Slots as spans: one span for each run of equal glyphs."""
    spans: list[Span] = []
    for look in looks:
        style = _ROLES.get(look, role)
        if spans and spans[-1][1] == style:
            spans[-1] = (spans[-1][0] + look, style)
        else:
            spans.append((look, style))
    return tuple(spans)


_ROLES = {glyphs.IDLE: "idle", HEAD: "notice", TAIL: "strong", BOTH: "strong"}


def _used_words(ring: RingView, name: str, short: str, width: int) -> Line:
    """A ring's name, and how full it is."""
    used, size = ring_used(ring), ring.size
    return fitting(
        (
            ((f"{name} ", "text"), (f"{used:,}", "strong"), (_(" of {size:,}", size=size), "dim")),
            ((f"{short} ", "text"), (f"{used:,}", "strong"), (_(" of {size:,}", size=size), "dim")),
            ((f"{short} ", "text"), (f"{used:,}", "strong")),
        ),
        width,
    )


def _round(ring: RingView, width: int, rows: int) -> Line:
    """The part of the ring that one round of the loop stands for, for this much room inside."""
    count = 2 * (width + 2) + 2 * rows
    each = slots_of(ring, count).each
    every = _(", {each:,} a slot", each=each) if each > 1 else ""
    return fitting(
        (
            words(_("once round: {count:,}{every}", count=count * each, every=every), "dim"),
            words(_("round: {count:,}", count=count * each), "dim"),
        ),
        width,
    )


def _submission_rows(view: IoUringView, width: int, rows: int) -> list[Line]:
    """Inside the submission ring: the entries that wait to be taken."""
    ring = view.submissions
    first = _used_words(ring, "submissions", "SQ", width)
    said = [f"{operation} {fd}" for operation, fd, _ in ring.entries]
    if rows == 1:
        return [_with_first(ring, "SQ", said, width)]
    return [first, _round(ring, width, rows), *_entry_rows(said, ring_used(ring), width, rows - 2)][:rows]


def _completion_rows(lane: LaneFrame, view: IoUringView, width: int, rows: int) -> list[Line]:
    """Inside the completion ring: the descriptor and the result of each entry."""
    ring = view.completions
    first = _used_words(ring, "completions", "CQ", width)
    said = [_result(lane, result, data & FD_MASK) for _, result, data in ring.entries]
    if rows == 1:
        return [_with_first(ring, "CQ", said, width)]
    return [first, _round(ring, width, rows), *_entry_rows(said, ring_used(ring), width, rows - 2)][:rows]


def _result(lane: LaneFrame, result: int, fd: int) -> str:
    """A completion in a few cells: the bytes received, or only that the descriptor can be read."""
    if result < 0:
        return _("{fd} error {result}", fd=fd, result=-result)
    if not lane.kind.completes:
        return _("{fd} readable", fd=fd) if result & POLL_IN else _("{fd} ended", fd=fd)
    return f"{fd}+{result}B" if result else _("{fd} end", fd=fd)


def _with_first(ring: RingView, name: str, said: list[str], width: int) -> Line:
    """A ring's name, and as many of its entries as fit in the same line."""
    line = _used_words(ring, name, name, width)
    if said:
        brief: Line = ((f"{name} ", "text"), (f"{ring_used(ring):,}", "strong"))
        line = next((long for long in (line, brief) if width_of(long) + 1 + len(said[0]) <= width), line)
    for text in said:
        longer = (*line, (" ", "text"), (text, "key"))
        if width_of(longer) > width:
            break
        line = longer
    return line


def _entry_rows(said: list[str], used: int, width: int, rows: int) -> list[Line]:
    """The first entries, several in a row, and the number of the others."""
    lines: list[Line] = []
    place = 0
    for row in range(rows):
        line: list[Span] = []
        room = width - (len(f" +{used:,}") if row == rows - 1 else 0)
        while place < len(said) and width_of(line) + bool(line) + len(said[place]) <= room:
            line += [*([(" ", "text")] if line else []), (said[place], "key")]
            place += 1
        if row == rows - 1 and used > place:
            line.append((f"{' ' if line else ''}+{used - place:,}", "dim"))
        lines.append(tuple(line))
    return lines


# -- the kernel's own state ------------------------------------------------------------------------


def _kernel_rows(lane: LaneFrame, view: IoUringView, width: int) -> list[Line]:
    """The kernel's own state, the most important line first."""
    armed = fitting((counted("armed", view.armed),), width)
    rows = [armed]
    if view.thread is not None:
        rows.append(fitting(_thread_choices(lane, view), width))
    rows.append(fitting((counted(_("task work"), view.task_work), counted("work", view.task_work)), width))
    if view.buffers:
        free, whole = f"{view.buffers_free:,}", f"{view.buffers:,}"
        rows.append(
            fitting(
                (
                    ((_("buffers free "), "text"), (free, "strong"), (_(" of {whole}", whole=whole), "dim")),
                    ((_("buffers "), "text"), (free, "strong"), (f"/{whole}", "dim")),
                    ((free, "strong"), (_(" buf. free"), "text")),
                    ((_("buffers "), "text"), (free, "strong")),
                ),
                width,
            )
        )
    over = view.overflow
    rows.append(fitting((((_("overflow {over:,}", over=over), "alarm" if over else "dim"),),), width))
    return rows if not over else [rows[0], rows[-1], *rows[1:-1]]


def _thread_choices(lane: LaneFrame, view: IoUringView) -> tuple[Line, ...]:
    """The polling kernel thread: its current action, and the part of its own CPU that it has used."""
    percent = _burnt_percent(lane)
    state = view.thread or ""
    role = {"working": "good", "spinning": "wasted"}.get(state, "dim")
    does = _VERBS[state]
    return (
        ((_("2nd CPU {does}", does=does), role), (_(", {percent} used", percent=str(percent) + "%"), "dim")),
        ((does, role), (_(" {percent}% CPU", percent=percent), "dim")),
        ((does, role), (f" {percent}%", "dim")),
        ((does, role),),
    )


def _burnt_percent(lane: LaneFrame) -> int:
    """Percent of its own CPU that the polling thread has used, working or spinning."""
    counters = lane.counters
    busy_ns = counters.sq_thread_work_ns + counters.sq_thread_spin_ns
    return round(100 * busy_ns / max(1, busy_ns + counters.sq_thread_sleep_ns))


# -- little room -----------------------------------------------------------------------------------


def _ring_line(lane: LaneFrame, view: IoUringView, width: int) -> Line:
    """Both rings unrolled in one line."""
    sq, cq = ring_used(view.submissions), ring_used(view.completions)
    texts = (_("SQ {sq} ", sq=sq), f" CQ {cq} ")
    thread: Line = ()
    if view.thread is not None:
        brief = words(f"{_VERBS[view.thread]} {_burnt_percent(lane)}%", "wasted")
        thread = (*words(" "), *brief)
        if width < 24:
            return fitting(
                (
                    (*words(_("SQ {sq} CQ {cq}", sq=sq, cq=cq)), *thread),
                    (*words(_("CQ {cq}", cq=cq)), *thread),
                    brief,
                ),
                width,
            )
    room = width - sum(map(len, texts)) - width_of(thread)
    if room < (6 if view.thread is None else 8):
        heads: Line = words(_("SQ {sq} CQ {cq}", sq=sq, cq=cq))
        return fitting(((*heads, *thread), heads, words(_("CQ {cq}", cq=cq))), width)
    left = room // 2
    return (
        (texts[0], "text"),
        *_spans(slots_of(view.submissions, left).glyphs, lane.name),
        (texts[1], "text"),
        *_spans(slots_of(view.completions, room - left).glyphs, lane.name),
        *thread,
    )


def _stacked(lane: LaneFrame, view: IoUringView, width: int, height: int) -> list[Line]:
    """Rings unrolled into lines, one below the other; used if two loops do not fit side by side."""
    rows: list[tuple[int, Line]] = []
    for rank, (ring, name) in enumerate(((view.completions, "CQ"), (view.submissions, "SQ"))):
        label = f"{name} {ring_used(ring):,} "
        room = width - cell_len(label)
        line = (
            ((label, "text"), *_spans(slots_of(ring, room).glyphs, lane.name)) if room >= 4 else words(label)
        )
        rows.insert(0, (rank, fitting((line,), width)))
    rows += [(2 + rank, line) for rank, line in enumerate(_kernel_rows(lane, view, width))]
    return ranked(rows, height)
