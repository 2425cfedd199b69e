"""The two lines at the top: the scenario and the origin of its figures; the pace and the race's time."""

from __future__ import annotations

from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.pace_words import scan_words, slowdown_words
from c10k_tui.text.styled_text import Line, Span, spread, text_of, width_of
from sim.frames.frame import Frame
from sim.machine.costs import CostTable
from sim.scenario.scenario import Scenario, Share
from sim.scenario.units import format_count, format_duration, format_short


def scenario_line(scenario: Scenario, width: int, costs: CostTable) -> Line:
    """The scenario at the left, the origin of the figures at the right. If room is short, words are left out
    before figures.

    The cost table's name may have no room here; then it stands elsewhere (:func:`since_costs`).
    """
    limit = []
    if "select" in scenario.lanes:
        limit = ["FD_SETSIZE 1024 on" if scenario.fd_setsize else "FD_SETSIZE off"]
    named: Line = ((" c10k ", "title"), (" ", "text"))
    lefts = [(*named, *_settings(scenario, "reconnects")), _settings(scenario, "reconnects")]
    lefts += [_settings(scenario, "reconn."), _settings(scenario, "churn", brief=True)]
    tables = dict.fromkeys((table_words(costs), costs.name))
    rights = [["simulated", f"costs: {words}", *limit] for words in tables] if width >= 96 else []
    rights += [["simulated", *limit], ["simulated", "FD_SETSIZE"] if scenario.fd_setsize else ["simulated"]]
    choices = [(left, right) for right in rights for left in lefts]
    for left, notes in choices:
        right: Line = ((" · ".join(notes) + " ", "dim"),)
        if width_of(left) + 1 + width_of(right) <= width:
            break
    else:
        left, right = lefts[-1], (("sim ", "dim"),)
    return spread(left, right, width)


def since_costs(head: Line, since: str, costs: CostTable) -> str:
    """The words for the start of the counters (``since``), then the cost table's name unless the head shows
    it.
    """
    return since if "costs:" in text_of(head) else f"{since} · costs: {costs.name}"


def _settings(scenario: Scenario, reconnects: str, brief: bool = False) -> Line:
    """The scenario. ``brief`` writes counts with three digits and leaves the dots out."""
    active = "all" if scenario.active == Share(10_000) else str(scenario.active)
    if isinstance(scenario.active, int):
        active = _three_digits(scenario.active) if brief else f"{scenario.active:,}"
    number = _three_digits if brief else format_count
    between = " " if brief else " · "
    spans: list[Span] = [
        (" ", "text"),
        (_three_digits(scenario.fds) if brief else f"{scenario.fds:,}", "strong"),
        (f" fd{between}" if scenario.fds == 1 else f" fds{between}", "dim"),
        (active, "strong"),
        (f" active{between}", "dim"),
        (number(scenario.rate), "strong"),
        (" req/s", "dim"),
    ]
    if scenario.churn:
        spans += [(between, "dim"), (number(scenario.churn), "strong"), (f" {reconnects}/s", "dim")]
    spans += [(f"{between}seed ", "dim"), (str(scenario.seed), "strong")]
    if scenario.fault:
        spans += [(between, "dim"), (scenario.fault, "alarm")]
    return tuple(spans)


def _three_digits(value: int) -> str:
    return format_short(value).replace(".00", "")


def speed_line(
    frame: Frame,
    width: int,
    *,
    end_ns: int,
    paused: bool,
    speed: float | None,
    rate_ns: float,
    scan_ns: int,
    kept_up: float,
    scans: int,
    notice: str,
) -> Line:
    """The pace at the left, the race's time at the right, a notice between them.

    Args:
        frame: The race now.
        width: Cells.
        end_ns: End of the branch. A frame before it is in the past.
        paused: True if the race is paused.
        speed: The speed that the user chose; None for as fast as possible.
        rate_ns: Virtual nanoseconds per wall second.
        scan_ns: Virtual time of one scan over all descriptors.
        kept_up: Part of the wanted speed that is reached, from 0 to 1.
        scans: Scans that the busiest scanning lane has finished since the last frame.
        notice: Words for the effect of the last key; empty without a notice.
    """
    going: list[Span] = [(" ▌▌ paused ", "title"), (" ", "text")] if paused else [(" ▶ ", "strong")]
    pace: list[Span] = [("as fast as it goes", "text")]
    if speed is not None and any(lane.kind.scans for lane in frame.lanes):
        pace = [(scan_words(scan_ns, rate_ns), "text"), (f" · {slowdown_words(rate_ns)}", "dim")]
    elif speed is not None:
        pace = [(slowdown_words(rate_ns), "text")]
    if scans > 1 and not paused:
        pace.append((f" · ×{scans} scans this frame", "wasted"))
    if kept_up < 0.95 and not paused:
        pace.append((f" · cannot keep up: ×{kept_up:.1f}", "alarm"))
    said: list[Span] = [("  ", "text"), (f" {notice} ", "notice")] if notice else []
    right = time_words(frame.now_ns, end_ns, width)
    room = width - width_of(right) - 1
    while pace and width_of((*going, *pace, *said)) > room:
        pace.pop(1 if len(pace) > 1 else 0)
    return spread((*going, *pace, *said), right, width)


def time_words(now_ns: int, end_ns: int, width: int) -> Line:
    """The race's time; for a frame in the past, also a sign of that and the end of the branch."""
    time: Line = (("t = ", "dim"), (format_duration(now_ns) + " ", "strong"))
    if now_ns >= end_ns:
        return time
    past = " in the past " if width >= 96 else " past "
    return ((past, "cursor"), (" ", "text"), *time, (f"of {format_duration(end_ns)} ", "dim"))
