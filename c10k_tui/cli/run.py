"""``c10k-tui run``: the race without a screen, as a table or as one JSON object.

Both are made from one frame, and nothing here counts anything: the figures are the lanes' own.
The table goes through Rich on a terminal and is plain, aligned text when it is piped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from c10k_tui.cli.costs_file import current_costs
from c10k_tui.text.fault_words import struck_words
from sim.frames.frame import Counters, Frame, LaneFrame
from sim.machine.costs import CostTable
from sim.race.race import Race
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_bytes, format_duration


def run(scenario: Scenario, duration_ns: int, *, as_json: bool) -> int:
    """Race for ``duration_ns`` of virtual time and print what came of it.

    Returns:
        The exit code, 0: a lane that gave up is a result and no error.
    """
    costs = costs_in_use()
    race = Race(scenario, costs, history_bytes=0)  # nobody will go back
    race.advance(duration_ns)
    frame = race.frame()
    if as_json:
        print(json.dumps(as_data(frame, costs), indent=2))
    elif sys.stdout.isatty() and encodable("µ×–") == "µ×–":
        _print_rich(frame, costs)
    else:
        print(encodable(plain_table(frame, costs)))
    return 0


def costs_in_use() -> CostTable:
    """The user's own cost table or the built-in one; why it is not their own is told on stderr."""
    costs, why_not = current_costs()
    if why_not is not None:
        print(encodable(f"c10k-tui: {why_not}"), file=sys.stderr)
    return costs


# --- JSON -----------------------------------------------------------------------------------------


def as_data(frame: Frame, costs: CostTable) -> dict[str, object]:
    """The race as JSON knows it; numbers are integers, and ``cost_ns`` of a lane sums to ``virtual_ns``."""
    scenario = frame.scenario
    return {
        "simulated": True,
        "scenario": {
            "fds": scenario.fds,
            "active": scenario.active if isinstance(scenario.active, int) else str(scenario.active),
            "rate": scenario.rate,
            "burst": scenario.burst,
            "payload": scenario.payload,
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
        **{name: int(getattr(counters, name)) for name in _OF_OTHERS if getattr(counters, name)},
        "wakeup_ns": _optional(counters.wakeup_ns),
        "setup_ns": int(lane.setup_ns),
        "failure": lane.failure,
        **_only_some_have(lane),
    }


_OF_OTHERS = (
    *("changes", "filter_runs", "sqes", "cqes", "task_work", "operations", "completions"),
    *("sq_thread_work_ns", "sq_thread_spin_ns", "sq_thread_sleep_ns"),
    *("empty_reads", "turns", "callbacks"),
)
"""Counts that only some have (kqueue, io_uring, ports, a loop, who drains); left out where they are 0."""


def _only_some_have(lane: LaneFrame) -> dict[str, object]:
    """What is there only in lanes of several tasks, or where something goes wrong."""
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
    """One line of the table."""

    label: str
    cells: tuple[str, ...]
    """One for each lane."""
    ratio: str
    """First lane over last one; empty where a ratio says nothing."""


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
"""Where a lane has an event loop; a dash for one that has none."""


def title(frame: Frame, costs: CostTable) -> str:
    """What the figures are of; says that they are simulated, and by which cost table."""
    return f"simulated: {format_duration(frame.now_ns)} of {frame.scenario} · costs: {costs.name}"


def rows(frame: Frame) -> Iterator[TableRow | None]:
    """The table's lines from top to bottom; None stands for a rule between two parts."""
    counters = [lane.counters for lane in frame.lanes]
    for label, value_of, form in _COUNTS:
        yield _row(label, [value_of(c) for c in counters], form)
    for label, value_of, form in _LOOP_COUNTS if any(c.turns for c in counters) else ():
        yield _row(label, [value_of(c) for c in counters], form)
    yield None
    for account in dict.fromkeys(account for c in counters for account in c.cost_ns):
        costs_ns = [c.cost_ns.get(account) for c in counters]
        if any(costs_ns):
            yield _row(f"CPU: {account.replace('_', ' ')}", costs_ns, format_duration)
    # Everyone had the same time: a ratio would say nothing.
    yield TableRow("CPU: all of it", tuple(format_duration(sum(c.cost_ns.values())) for c in counters), "")


def _row(label: str, values: list[int | None] | list[int], form: Callable[[int], str]) -> TableRow:
    cells = tuple("–" if value is None else form(value) for value in values)
    first, last = values[0], values[-1]
    ratio = times(first / last) if len(values) > 1 and first and last else ""
    return TableRow(label, cells, ratio)


def times(ratio: float) -> str:
    """``402×``, ``1.8×``, ``0.25×``."""
    if ratio >= 9.95:
        return f"{ratio:,.0f}×"
    if ratio >= 0.95:
        return f"{ratio:.1f}×"
    return f"{ratio:.2f}×" if ratio >= 0.095 else f"{ratio:.2g}×"


def sentences(frame: Frame) -> Iterator[str]:
    """What the table says, in plain words: one sentence for each lane, and one for the two ends."""
    for lane in frame.lanes:
        yield _told(lane)
        if lane.warning is not None and lane.failure is None:
            yield f"{lane.name}, {struck_words(lane.warning)}: {lane.warning.text}."
            yield f"Instead: {lane.warning.cure}."
    if len(frame.lanes) > 1:
        comparison = _comparison(frame.lanes[0], frame.lanes[-1])
        if comparison:
            yield comparison


def _told(lane: LaneFrame) -> str:
    counters = lane.counters
    if lane.failure is not None:
        return f"{lane.failure.rstrip('.')}."
    if not counters.wakeups:
        return f"{lane.name}: {_why_never(lane)}."
    if not counters.scanned:
        return f"{lane.name}: was told of {counters.requests:,} requests and looked at no descriptor."
    looks = f"{counters.wasted:,} looks for nothing" if counters.wasted else "no look for nothing"
    return f"{lane.name}: checked {counters.scanned:,} descriptors to find {counters.ready:,} ready: {looks}."


def _why_never(lane: LaneFrame) -> str:
    """Why a server never returned from a waiting call with something."""
    counters = lane.counters
    if not counters.packets:
        return "never woke, for nothing arrived"
    total_ns = sum(counters.cost_ns.values())
    if counters.cost_ns["interrupt"] > 0.9 * total_ns:
        return "never got to run, for interrupts took the CPU"
    return "has not returned from a waiting call yet"


def _comparison(first: LaneFrame, last: LaneFrame) -> str | None:
    """Waiting cost for each answered request: fair even where one lane answered fewer of them."""
    if not first.counters.requests or not last.counters.requests:
        return None
    first_ns = first.counters.wait_ns / first.counters.requests
    last_ns = last.counters.wait_ns / last.counters.requests
    if not last_ns:
        return None
    return (
        f"To learn who was ready, {first.name} spent {format_duration(first_ns)} of CPU time for each "
        f"request, {last.name} {format_duration(last_ns)}: {times(first_ns / last_ns)}."
    )


def _headings(frame: Frame) -> tuple[str, ...]:
    names = tuple(lane.name for lane in frame.lanes)
    return ("", *names, f"{names[0]} / {names[-1]}") if len(names) > 1 else ("", *names)


def plain_table(frame: Frame, costs: CostTable) -> str:
    """The table as aligned text without colour: label at the left, figures at the right."""
    headings = _headings(frame)
    lines = [headings, *((row.label, *row.cells, row.ratio) if row else () for row in rows(frame))]
    widths = [max(len(line[column]) for line in lines if line) for column in range(len(headings))]
    text = [title(frame, costs), ""]
    for line in lines:
        figures = "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=False))
        text.append(f"{line[0]:<{widths[0]}}{figures}".rstrip() if line else "")
    return "\n".join([*text, "", *sentences(frame)])


def _print_rich(frame: Frame, costs: CostTable) -> None:
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


_IN_ASCII = str.maketrans({"µ": "u", "×": "x", "–": "-", "·": "|", "÷": "/"})


def encodable(text: str) -> str:
    """The text for an output that may know no ``µ`` and ``×`` (``PYTHONIOENCODING=ascii``)."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_IN_ASCII)
        return text.encode(encoding, "replace").decode(encoding)
    return text
