"""The words of the comparison screen: heading, extremes, the chosen row and column, legend."""

from __future__ import annotations

from collections.abc import Iterable

from c10k_tui.screens.comparison.model import ComparisonModel
from c10k_tui.text.comparison_columns import BY_KEY, COLUMNS, KEEPER_MEANING, LIMIT_MEANING, ComparisonColumn
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.glyphs import POSITION
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, Wordings, fitting, spread, wrap
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.scenario.units import format_count, format_duration
from sim.studies.comparison import REQUESTS, ComparisonRow
from sim.studies.host_comparison import HostComparison

ABOUT_EVENTS = N_(
    "An event is a descriptor reported ready; with a thread or process each, a read that brought something; "
    "with rings and ports, a request answered. Each lane has a short race of its own on the same arrivals."
)
FEW_EVENTS = 30
LOW = 8
"""With fewer lines than this, only the chosen row and column are explained."""
READ = ("examined_per_event", "copied_in_per_event", "switches_per_event", "connection_bytes")
"""Columns of the first sentence: scans, copies, context switches, memory."""


def heading(model: ComparisonModel, notice: str, width: int) -> Line:
    """The line at the top: the screen and its load, or the notice of the last key."""
    left: list[Span] = [(_(" compare "), "title"), (" ", "text")]
    if notice:
        left.append((f" {notice} ", "notice"))
    else:
        left.append((scenario_words(model.scenario), "strong"))
    return spread(tuple(left), ((_state(model, width), "dim"),), width)


def scenario_words(scenario: Scenario) -> str:
    """The load as short text."""
    words = _(
        "{fds:,} fds · {active} active · {rate} req/s",
        fds=scenario.fds,
        active=scenario.active,
        rate=format_count(scenario.rate),
    )
    return (
        _("{words} · churn {churn}/s", words=words, churn=format_count(scenario.churn))
        if scenario.churn
        else words
    )


def _state(model: ComparisonModel, width: int) -> str:
    missing = len(model.missing())
    if missing:
        return _("{lanes} of {lanes2} lanes known ", lanes=len(LANES) - missing, lanes2=len(LANES))
    return _(
        "costs: {table_words} ", table_words=table_words(model.costs) if width >= 110 else model.costs.name
    )


def explanation(model: ComparisonModel, busy: str, width: int, height: int) -> list[Line]:
    """The explanation of the table in at most ``height`` lines, the most important first.

    Args:
        model: The state of the screen.
        busy: Progress of measuring; empty if nothing is measured.
        width: Cells.
        height: Lines.
    """
    low = height < LOW
    parts: list[tuple[Line, int]] = [(_reading(model, short=low), 1 if low else 3)]
    if busy:
        parts.append((((busy, "notice"),), 1))
    rows = 2 if low else 4
    parts.append((fitting(_of_lane(model), width - 2, rows), rows))
    room = max(1, height - sum(len(wrap(line, width - 2, most)) for line, most in parts)) if low else 2
    column = (fitting(_of_column(model, COLUMNS[model.column]), width - 2, min(room, 2)), 2)
    measured = (_of_measured(model, model.host_comparisons.get(model.lane)), 3)
    # With little room, the measurement comes first: a key has asked for it.
    parts += [measured, column] if low and model.shows_measured else [column, measured]
    parts += [((), 1), (_marks(), 3), ((), 1), *((sentence, 3) for sentence in legend_sentences())]
    lines: list[Line] = []
    for sentence, rows in parts:
        room = max(1, min(rows, height - len(lines)))
        lines += wrap(sentence, width - 2, room) if sentence else [()]
    return [((" ", "text"), *line) for line in lines[:height]]


def _reading(model: ComparisonModel, *, short: bool) -> Line:
    """The lanes with the most scans, copies, switches and memory, and the lanes with the least."""
    known = [facts for facts in model.known() if facts.events]
    if model.missing():
        return (
            (
                _(
                    "Each lane races alone for {requests:,} requests; rows fill in as they end.",
                    requests=REQUESTS,
                ),
                "dim",
            ),
        )
    if not known:
        return ((_("There was no event: nobody sends anything, or no server gets to run."), "alarm"),)
    spans: list[Span] = []
    for key in READ[:-1] if short else READ:
        column = BY_KEY[key]
        ordered = _ordered(model.known() if key == "connection_bytes" else known, column)
        if len(ordered) < 2:
            continue
        least, most = ordered[0], ordered[-1]
        spans += [(" · " if short and spans else "; " if spans else "", "dim"), (most.lane, most.lane)]
        spans += [(f" {_(column.verb).split()[0]} " if short else f" {_(column.verb)}: ", "text")]
        spans += [(column.cell(most), "strong"), ("" if short else _(column.unit), "text")]
        spans += [] if short else [(f" ({least.lane} {column.cell(least)})", "dim")]
    return tuple(spans) if short else (*spans, (".", "text"))


def _ordered(known: Iterable[ComparisonRow], column: ComparisonColumn) -> list[ComparisonRow]:
    """Rows with a figure in this column, ascending; none if all figures are equal."""
    valued = [(value, facts) for facts in known if (value := column.value_of(facts)) is not None]
    valued.sort(key=lambda pair: pair[0])
    return [facts for _, facts in valued] if valued and valued[0][0] < valued[-1][0] else []


def _of_lane(model: ComparisonModel) -> Wordings:
    """The chosen row: the keeper of its list, its limit, and the basis of its figures."""
    lane, kind = model.lane, LANES[model.lane]
    spans: list[Span] = [
        (lane, lane),
        (_(" races now") if lane in model.racing else "", "dim"),
        (_(": the list is kept by "), "text"),
        (_(kind.keeper), "strong"),
        (_("; limited by "), "text"),
        (kind.limit, "strong"),
        (". ", "text"),
    ]
    facts = model.row_of(lane)
    basis = () if facts is None else (_basis(facts),)
    costs: Line = ()
    if kind.prices.estimated:
        costs = ((_(" Its costs (~) are {source}.", source=kind.prices.source), "alarm"),)
        brief: Span = (_(" Its costs (~) are estimated."), "alarm")
        return (*spans, *basis, *costs), (*spans, *basis, brief), (*spans, brief)
    elif kind.prices.source:
        costs = ((_(" Its own steps: {source}.", source=kind.prices.source), "dim"),)
    return (*spans, *basis, *costs), (*spans, *basis)


def _basis(facts: ComparisonRow) -> Span:
    if facts.failure is not None:
        return (f"{facts.failure}.", "alarm")
    if not facts.events:
        return (_("No event came of it: the server never got to run, or nobody sent anything."), "alarm")
    if facts.events < FEW_EVENTS:
        return (_("Means of {events} events only: it is too slow for more.", events=facts.events), "alarm")
    return (_("Means of {events:,} events.", events=facts.events), "dim")


def _of_column(model: ComparisonModel, column: ComparisonColumn) -> Wordings:
    """The chosen column, and the lanes with the lowest figure; shorter wordings leave these lanes out."""
    title: Span = (f"{_(column.title)}: ", "strong")
    spans: list[Span] = [title, (_(column.meaning), "text")]
    end: Span = (".", "text")
    shorter: Wordings = (
        (*spans, end),
        (title, (_(column.meaning).replace(_(", for each event"), ""), "text"), end),
    )
    valued = [(value, facts.lane) for facts in model.known() if (value := column.value_of(facts)) is not None]
    if valued and not model.missing():
        least = min(valued)[0]
        best = [lane for value, lane in valued if value == least]
        spans.append(
            (
                _("; least: {best}{words}", best=", ".join(best[:3]), words=" …" if len(best) > 3 else ""),
                "good",
            )
        )
    return (*spans, end), *shorter


def _of_measured(model: ComparisonModel, comparison: HostComparison | None) -> Line:
    """The measurement of the chosen row, or how to measure."""
    if comparison is None:
        return (
            ("h", "strong"),
            (_(" measures one request in each lane on this machine's kernel (a few seconds)."), "dim"),
        )
    if comparison.measured_ns is None or comparison.simulated_ns is None:
        return (
            (
                _(
                    "{lane} is not measured here: {why_not}.",
                    lane=comparison.lane,
                    why_not=comparison.why_not,
                ),
                "text",
            ),
        )
    spans: list[Span] = [
        (_("measured here: "), "good"),
        (format_duration(comparison.measured_ns), "good"),
        (
            _(
                " of CPU per request with {connections} connections, against ",
                connections=comparison.connections,
            ),
            "text",
        ),
        (format_duration(comparison.simulated_ns), "strong"),
        (_(" simulated ({ratio:.1f}×); ", ratio=comparison.ratio), "text"),
        (
            _(
                "{measured_sleeps:.2f} sleeps a request against {simulated_sleeps:.2f}.",
                measured_sleeps=comparison.measured_sleeps,
                simulated_sleeps=comparison.simulated_sleeps,
            ),
            "text",
        ),
    ]
    spans.append((_(" Real caches go cold between two requests, those of the table do not."), "dim"))
    if comparison.noise:
        spans.append((f" {comparison.noise}.", "alarm"))
    return tuple(spans)


def _marks() -> Line:
    return (
        (POSITION, "strong"),
        (_(" races now · "), "dim"),
        ("▁", "good"),
        (_(" least and "), "dim"),
        ("█", "alarm"),
        (_(" most in its column, logarithmic · "), "dim"),
        ("~", "strong"),
        (_(" estimated · all figures are simulated, but for those called measured"), "dim"),
    )


def legend_sentences() -> list[Line]:
    """An explanation of every column."""
    return [
        ((_(ABOUT_EVENTS), "dim"),),
        *(((f"{_(column.title)}: ", "strong"), (f"{_(column.meaning)}.", "dim")) for column in COLUMNS),
        ((_("who keeps the list: "), "strong"), (f"{_(KEEPER_MEANING)}.", "dim")),
        ((_("what limits it: "), "strong"), (f"{_(LIMIT_MEANING)}.", "dim")),
    ]
