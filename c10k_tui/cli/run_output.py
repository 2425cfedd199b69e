"""The result of ``c10k-tui run``, as JSON and as a table.

Both show the figures of one frame; nothing is computed here. On a terminal the table goes through Rich; in a
pipe it is plain, aligned text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from c10k_tui.cli.output import times
from c10k_tui.text.fault_words import struck_words
from sim.frames.frame import Counters, Frame, LaneFrame
from sim.machine.costs import CostTable
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_bytes, format_duration

# --- JSON -----------------------------------------------------------------------------------------


def as_data(frame: Frame, costs: CostTable) -> dict[str, object]:
    """The race as data for JSON. All numbers are integers; a lane's ``cost_ns`` adds up to ``virtual_ns``."""
    scenario = frame.scenario
    return {
        "simulated": True,
        "scenario": {
            "fds": scenario.fds,
            "active": scenario.active if isinstance(scenario.active, int) else str(scenario.active),
            "rate": scenario.rate,
            "burst": scenario.burst,
            "payload": scenario.payload,
            **({"buffer": scenario.buffer} if scenario.buffer != Scenario().buffer else {}),
            "churn": scenario.churn,
            "seed": scenario.seed,
            "lanes": list(scenario.lanes),
            "fd_setsize": scenario.fd_setsize,
            **({"fault": scenario.fault} if scenario.fault else {}),
            "text": str(scenario),
        },
        "costs": {
            "name": costs.name,
            "source": costs.source,
            "machine": costs.machine,
            "kernel": costs.kernel,
            "date": costs.date,
        },
        "virtual_ns": int(frame.now_ns),
        "lanes": {lane.name: _lane_data(lane) for lane in frame.lanes},
    }


def _lane_data(lane: LaneFrame) -> dict[str, object]:
    counters = lane.counters
    return {
        "wakeups": int(counters.wakeups),
        "syscalls": int(counters.syscalls),
        "scanned": int(counters.scanned),
        "wasted": int(counters.wasted),
        "ready": int(counters.ready),
        "copied_in_bytes": int(counters.copied_in_bytes),
        "copied_out_bytes": int(counters.copied_out_bytes),
        "requests": int(counters.requests),
        "dropped": int(counters.dropped),
        "latency_ns": {"p50": _optional(counters.latency_p50_ns), "p99": _optional(counters.latency_p99_ns)},
        "cost_ns": {account: int(cost_ns) for account, cost_ns in counters.cost_ns.items()},
        "passes": int(counters.passes),
        "hooks": int(counters.hooks),
        "context_switches": int(counters.context_switches),
        "interrupts": int(counters.interrupts),
        "packets": int(counters.packets),
        "epoll_ctl": int(counters.epoll_ctl),
        **{name: int(getattr(counters, name)) for name in _SPECIAL_COUNTS if getattr(counters, name)},
        "wakeup_ns": _optional(counters.wakeup_ns),
        "setup_ns": int(lane.setup_ns),
        "failure": lane.failure,
        **_optional_parts(lane),
    }


_SPECIAL_COUNTS = (
    *("changes", "filter_runs", "sqes", "cqes", "task_work", "operations", "completions"),
    *("sq_thread_work_ns", "sq_thread_spin_ns", "sq_thread_sleep_ns"),
    *("empty_reads", "turns", "callbacks", "unsent"),
)
"""Counts of some lanes only (kqueue, io_uring, ports, asyncio, epoll-et), and of clients that had to wait;
left out if they are 0."""


def _optional_parts(lane: LaneFrame) -> dict[str, object]:
    """``tasks`` and ``memory_bytes`` of lanes with several tasks, and the ``warning`` of a fault."""
    data: dict[str, object] = {}
    tasks, memory, warning = lane.tasks, lane.memory, lane.warning
    if tasks is not None and memory is not None:
        data["tasks"] = {
            "running": tasks.running,
            "runnable": tasks.runnable,
            "blocked": tasks.blocked,
            "preemptions": tasks.preemptions,
            "switches_per_s": lane.counters.switches_per_s,
            "spurious_wakes": lane.counters.spurious_wakes,
        }
        data["memory_bytes"] = memory.used_bytes
    if warning is not None and lane.failure is None:
        data["warning"] = {
            "kind": warning.kind,
            "text": warning.text,
            "instead": warning.cure,
            "strikes": warning.strikes,
            "first_ns": warning.first_ns,
            "last_ns": warning.last_ns,
        }
    return data


def _optional(value: int | None) -> int | None:
    return None if value is None else int(value)


# --- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table."""

    label: str
    cells: tuple[str, ...]
    """One figure for each lane."""
    ratio: str
    """First lane divided by last lane; empty where a ratio has no meaning."""


_COUNTS: tuple[tuple[str, Callable[[Counters], int | None], Callable[[int], str]], ...] = (
    ("wake-ups", lambda c: c.wakeups, "{:,}".format),
    ("system calls", lambda c: c.syscalls, "{:,}".format),
    ("descriptors checked", lambda c: c.scanned, "{:,}".format),
    ("  found ready", lambda c: c.ready, "{:,}".format),
    ("  wasted checks", lambda c: c.wasted, "{:,}".format),
    ("copied into the kernel", lambda c: c.copied_in_bytes, format_bytes),
    ("copied out of it", lambda c: c.copied_out_bytes, format_bytes),
    ("requests answered", lambda c: c.requests, "{:,}".format),
    ("requests dropped", lambda c: c.dropped, "{:,}".format),
    ("latency, p50", lambda c: c.latency_p50_ns, format_duration),
    ("latency, p99", lambda c: c.latency_p99_ns, format_duration),
    ("cost of a wake-up", lambda c: c.wakeup_ns, format_duration),
)
_LOOP_COUNTS: tuple[tuple[str, Callable[[Counters], int | None], Callable[[int], str]], ...] = (
    ("turns of the loop", lambda c: c.turns or None, "{:,}".format),
    ("callbacks", lambda c: c.callbacks or None, "{:,}".format),
)
"""Rows for lanes with an event loop; lanes without one show a dash."""


def title(frame: Frame, costs: CostTable) -> str:
    """Duration, scenario and cost table; says that the figures are simulated."""
    return f"simulated: {format_duration(frame.now_ns)} of {frame.scenario} · costs: {costs.name}"


def rows(frame: Frame) -> Iterator[TableRow | None]:
    """The rows from top to bottom; None is a rule between two parts."""
    counters = [lane.counters for lane in frame.lanes]
    for label, value_of, form in _COUNTS:
        yield _row(label, [value_of(c) for c in counters], form)
    if any(c.unsent for c in counters):
        yield _row("requests not made, client full", [c.unsent for c in counters], "{:,}".format)
    for label, value_of, form in _LOOP_COUNTS if any(c.turns for c in counters) else ():
        yield _row(label, [value_of(c) for c in counters], form)
    yield None
    for account in dict.fromkeys(account for c in counters for account in c.cost_ns):
        costs_ns = [c.cost_ns.get(account) for c in counters]
        if any(costs_ns):
            yield _row(f"CPU: {account.replace('_', ' ')}", costs_ns, format_duration)
    # All lanes had the same time, so a ratio has no meaning.
    yield TableRow("CPU: all of it", tuple(format_duration(sum(c.cost_ns.values())) for c in counters), "")


def _row(label: str, values: list[int | None] | list[int], form: Callable[[int], str]) -> TableRow:
    cells = tuple("–" if value is None else form(value) for value in values)
    first, last = values[0], values[-1]
    ratio = times(first / last) if len(values) > 1 and first and last else ""
    return TableRow(label, cells, ratio)


def sentences(frame: Frame) -> Iterator[str]:
    """The table in words: a sentence for each lane, its warning, and a comparison of first and last lane."""
    for lane in frame.lanes:
        yield _lane_sentence(lane)
        if lane.warning is not None and lane.failure is None:
            yield f"{lane.name}, {struck_words(lane.warning)}: {lane.warning.text}."
            yield f"Instead: {lane.warning.cure}."
    if len(frame.lanes) > 1:
        comparison = _comparison(frame.lanes[0], frame.lanes[-1])
        if comparison:
            yield comparison


def _lane_sentence(lane: LaneFrame) -> str:
    counters = lane.counters
    if lane.failure is not None:
        return f"{lane.failure.rstrip('.')}."
    if not counters.wakeups:
        return f"{lane.name}: {_why_never(lane)}."
    if not counters.scanned:
        return f"{lane.name}: got {counters.requests:,} requests without checking a descriptor."
    wasted = f"{counters.wasted:,} checks wasted" if counters.wasted else "no check wasted"
    return (
        f"{lane.name}: checked {counters.scanned:,} descriptors to find {counters.ready:,} ready: {wasted}."
    )


def _why_never(lane: LaneFrame) -> str:
    """Words for the reason why a server's waiting calls never returned an event."""
    counters = lane.counters
    if not counters.packets:
        return "never woke, because nothing arrived"
    total_ns = sum(counters.cost_ns.values())
    if counters.cost_ns["interrupt"] > 0.9 * total_ns:
        return "never ran, because interrupts took all of the CPU"
    return "has not returned from a waiting call yet"


def _comparison(first: LaneFrame, last: LaneFrame) -> str | None:
    """The cost of waiting per answered request in two lanes, in words.

    A cost per request is fair even if one lane answered fewer requests.

    Returns:
        The sentence; None if a lane answered no request, or the last lane spent no time on waiting.
    """
    if not first.counters.requests or not last.counters.requests:
        return None
    first_ns = first.counters.wait_ns / first.counters.requests
    last_ns = last.counters.wait_ns / last.counters.requests
    if not last_ns:
        return None
    return (
        f"To find ready descriptors, {first.name} spent {format_duration(first_ns)} of CPU time for each "
        f"request, {last.name} {format_duration(last_ns)}: {times(first_ns / last_ns)}."
    )


def _headings(frame: Frame) -> tuple[str, ...]:
    names = tuple(lane.name for lane in frame.lanes)
    return ("", *names, f"{names[0]} / {names[-1]}") if len(names) > 1 else ("", *names)


def plain_table(frame: Frame, costs: CostTable) -> str:
    """The table as aligned text without colour: labels on the left, figures on the right."""
    headings = _headings(frame)
    lines = [headings, *((row.label, *row.cells, row.ratio) if row else () for row in rows(frame))]
    widths = [max(len(line[column]) for line in lines if line) for column in range(len(headings))]
    text = [title(frame, costs), ""]
    for line in lines:
        figures = "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=False))
        text.append(f"{line[0]:<{widths[0]}}{figures}".rstrip() if line else "")
    return "\n".join([*text, "", *sentences(frame)])


def print_rich(frame: Frame, costs: CostTable) -> None:
    """Print the table and the sentences through Rich."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=title(frame, costs), title_justify="left", title_style="bold")
    for position, heading in enumerate(_headings(frame)):
        table.add_column(heading, justify="right" if position else "left", no_wrap=True)
    for row in rows(frame):
        if row is None:
            table.add_section()
        else:
            table.add_row(row.label, *row.cells, *([row.ratio] if len(frame.lanes) > 1 else []))
    console = Console(highlight=False)
    console.print(table)
    for sentence in sentences(frame):
        console.print(sentence, markup=False)
