"""Tasks on one CPU: which one runs, the run queue, which ones are blocked, and the cost of switches and
memory.

With a thread or a process for each connection there is no list of descriptors. Each task sleeps in its own
read, so the tasks themselves show which connections are waited for. Lanes with a few workers on epolls have
both: a ready list, and tasks that take from it.
"""

from __future__ import annotations

from itertools import takewhile

from rich.cells import cell_len

from c10k_tui.screens.race.mechanism.parts import (
    counted,
    fitting,
    gauge,
    joined,
    labelled_queue,
    memory_words,
    ranked,
    words,
)
from c10k_tui.text import glyphs
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, width_of
from sim.frames.frame import LaneFrame, MemoryView, TaskState, TaskView, WorkerView
from sim.frames.mechanism import EpollView
from sim.scenario.lane_kind import Trigger
from sim.scenario.units import format_bytes, format_short


def task_lines(lane: LaneFrame, tasks: TaskView, width: int, height: int) -> list[Line]:
    """A task for each connection."""
    if height == 1:
        return [_cpu_line(lane, tasks, width)]
    memory = lane.memory
    rows: list[tuple[int, Line]] = [
        (0, _cpu_line(lane, tasks, width)),
        (1, _blocked_line(lane, tasks, width)),
        (2, _switches_line(lane, tasks, width, memory if height < 4 else None)),
        (5, fitting(_asleep_words(lane), width)),
    ]
    if memory is not None and height >= 4:
        used = memory_words(lane, width)
        rows += [(3, used), (4, _reserve_line(lane, width))]
        if width >= 60:
            rows[-2] = (3, _with_gauge(used, memory.used_bytes, memory.limit_bytes, width))
    return ranked(rows, height)


def worker_lines(lane: LaneFrame, tasks: TaskView, view: EpollView, width: int, height: int) -> list[Line]:
    """A few workers on one epoll, or on one each."""
    ready = labelled_queue("ready", view.ready, view.ready_fds, width)
    if height == 1:
        if view.jobs:
            return [labelled_queue("jobs", view.jobs, view.job_fds, width)]
        return [_workers_line(tasks, width) if width < 30 or not view.ready else ready]
    second: Line = counted(_("kernel keeps"), view.watched)
    if view.jobs is not None:
        second = labelled_queue("jobs", view.jobs, view.job_fds, width)
    elif lane.kind.trigger is Trigger.ONE_SHOT:
        off = counted("disarmed", view.disarmed)
        second = joined((second, off) if width >= 40 else (off, second), width)
    elif lane.kind.list_each:
        second = fitting(_woken_choices(tasks), width)
    rows: list[tuple[int, Line]] = [
        (0, ready),
        (1, second),
        (2, _workers_line(tasks, width)),
        (4, labelled_queue(_("run queue"), tasks.runnable, _names(tasks.queue_fds), width)),
        (5, _switches_line(lane, tasks, width, None)),
        (6, memory_words(lane, width)),
    ]
    if lane.kind.list_each:
        rows.insert(3, (3, fitting(_watched_choices(tasks), width)))
    return ranked(rows, height)


def _names(fds: tuple[int, ...]) -> tuple[str, ...]:
    """Descriptors that tasks serve, up to the first task without one (-1): it was woken and has not found
    work yet.
    """
    return tuple(str(fd) for fd in takewhile(lambda fd: fd >= 0, fds))


def _cpu_line(lane: LaneFrame, tasks: TaskView, width: int) -> Line:
    """The task that has the CPU, and the tasks that wait for the CPU."""
    if not tasks.running:
        on_cpu: Line = words(_("CPU idle"), "dim")
    elif tasks.running_fd >= 0:
        on_cpu = (("CPU ", "text"), (f" {tasks.running_fd} ", "notice"))
    else:
        on_cpu = (("CPU ", "text"), (_(" accepts "), "notice"))
    arrow: Line = ((f" {glyphs.BACK} ", "dim"),)
    room = width - width_of(on_cpu) - 3
    label = _("run queue") if room >= 18 else "queue"
    if room < cell_len(label) + 4:
        return fitting((counted("queue", tasks.runnable), on_cpu), width)
    return (*on_cpu, *arrow, *labelled_queue(label, tasks.runnable, _names(tasks.queue_fds), room))


def _blocked_line(lane: LaneFrame, tasks: TaskView, width: int) -> Line:
    """The share of tasks that sleep, as a bar."""
    whole = tasks.running + tasks.runnable + tasks.blocked
    kind = _(LANE_TEXTS[lane.name].tasks)
    asleep: Line = ((f" {tasks.blocked:,}", "strong"), (_(" asleep"), "text"))
    long: Line = (*asleep[:1], (_(" of {whole:,} {kind} asleep", whole=whole, kind=kind), "text"))
    if width_of(long) + 10 <= width:
        asleep = long
    room = width - width_of(asleep)
    if room < 3:
        return fitting((asleep,), width)
    awake = tasks.running + tasks.runnable
    return (*gauge(awake, whole, room, "good"), *asleep)


def _switches_line(lane: LaneFrame, tasks: TaskView, width: int, memory: MemoryView | None) -> Line:
    """Switches per second, then as much as fits; memory comes first if it has no line of its own."""
    counters = lane.counters
    per_s = counters.switches_per_s
    rate = "–" if per_s is None else format_short(per_s)
    switches: Line = ((rate, "strong"), (_(" switches/s"), "text"))
    if width < 24:
        return fitting((switches, words(_("{rate} sw/s", rate=rate), "strong")), width)
    parts = [switches]
    if memory is not None:
        used, limit = format_bytes(memory.used_bytes), format_bytes(memory.limit_bytes)
        parts.append(((used, "strong"), (_(" of {limit}", limit=limit) if width >= 40 else "", "text")))
        if memory.reserved_bytes:
            parts.append(
                words(_("{reserved_bytes} reserved", reserved_bytes=format_bytes(memory.reserved_bytes)))
            )
    parts.append(words(_("{preemptions} preempted", preemptions=format_short(tasks.preemptions)), "dim"))
    if counters.spurious_wakes:
        parts.append(
            words(
                _("{spurious_wakes} woken for nothing", spurious_wakes=format_short(counters.spurious_wakes)),
                "wasted",
            )
        )
    return joined(parts, width)


def _with_gauge(line: Line, part: int, whole: int, width: int) -> Line:
    room = width - width_of(line) - 1
    return (*line, (" ", "text"), *gauge(part, whole, room, "heat-3")) if room > 4 else line


def _reserve_line(lane: LaneFrame, width: int) -> Line:
    """Address space reserved for stacks, compared with the memory of the machine."""
    memory = lane.memory
    if memory is None or not memory.reserved_bytes:
        return ()
    reserved = format_bytes(memory.reserved_bytes)
    times = memory.reserved_bytes / max(1, memory.limit_bytes)
    return fitting(
        (
            (
                (_("stacks "), "text"),
                (reserved, "strong"),
                (_(" of addresses reserved, {times:,.1f}× the machine; few are touched", times=times), "dim"),
            ),
            (
                (_("stacks "), "text"),
                (reserved, "strong"),
                (_(" reserved, {times:,.1f}× the machine", times=times), "dim"),
            ),
            ((_("stacks "), "text"), (reserved, "strong"), (_(" reserved"), "dim")),
            ((_("stacks "), "text"), (reserved, "strong")),
        ),
        width,
    )


def _asleep_words(lane: LaneFrame) -> tuple[Line, ...]:
    return (
        words(_("no list anywhere: each {name} sleeps in a read of its own", name=lane.name), "dim"),
        words(_("each {name} sleeps in its read", name=lane.name), "dim"),
        words(_("no list at all"), "dim"),
    )


def _woken_choices(tasks: TaskView) -> tuple[Line, ...]:
    """Number of times that each worker was woken, and number of wake-ups without work."""
    each = " ".join(format_short(worker.wakes) for worker in tasks.workers)
    vain = sum(worker.vain_wakes for worker in tasks.workers)
    lost: Line = words(_("{vain} for nothing", vain=format_short(vain)), "wasted" if vain else "good")
    return (
        (*words("woken "), *words(each, "strong"), *words(_(" times, "), "text"), *lost),
        (*words("woken "), *words(each, "strong"), *words(" · ", "dim"), *lost),
        (*words("woken "), *words(each, "strong")),
        lost,
    )


def _watched_choices(tasks: TaskView) -> tuple[Line, ...]:
    """Number of descriptors that each worker waits for."""
    each = words(" ".join(format_short(worker.watched) for worker in tasks.workers), "strong")
    return ((*words(_("each waits for its own: ")), *each), (*words("own "), *each), each)


def _workers_line(tasks: TaskView, width: int) -> Line:
    """The workers side by side, each in a fixed place, with its current action."""
    count = len(tasks.workers)
    if not count:
        return words(_("about to start its workers"), "dim") if width >= 26 else ()
    label = "workers " if width >= 8 + 4 * count else ""
    room = (width - cell_len(label)) // count
    spans: list[Span] = [(label, "text")] if label else []
    for worker in tasks.workers:
        text, role = _worker_words(worker, room - 1)
        spans += [(text, role), (" " * (room - cell_len(text)), "text")]
    return tuple(spans)


def _worker_words(worker: WorkerView, room: int) -> Span:
    """The current action of one worker, in at most ``room`` cells."""
    served = str(worker.fd) if worker.fd >= 0 else ""
    if worker.state == TaskState.RUNNING:
        long, short, role = f" {served or 'runs'} ", glyphs.PLAY, "notice"
    elif worker.state == TaskState.RUNNABLE:
        long, short, role = f" {served or 'queued'} ", "q", "key"
    elif worker.fd >= 0:
        long, short, role = _("{served} stuck", served=served), "s", "alarm"
    else:
        long, short, role = "asleep", "z", "dim"
    return (long if len(long) <= room else short if room > 0 else "", role)
