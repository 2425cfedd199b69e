"""The words of the capacity screen: the heading, the lanes that break at 10,000, the next ones, the chosen
row.
"""

from __future__ import annotations

from c10k_tui.screens.capacity.model import QUESTION, CapacityModel
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.glyphs import POSITION
from c10k_tui.text.styled_text import Line, Span, Wordings, fitting, spread, wrap
from sim.scenario.lanes import LANES
from sim.scenario.scenario import FDS_LIMIT
from sim.scenario.units import format_count
from sim.studies.capacity import NONE, RACE_NS, Capacity

METHOD = (
    "A size holds if in a race of it nothing is dropped, the machine's memory suffices, and the 99th "
    "percentile of the latency stays within the bound. The load is the same at every size: so many requests "
    "a second in all, over a part of the connections. The largest size that holds is looked for by halving, "
    "to within a tenth."
)
BREAKS = {
    "latency": "answers come later than {limit} (p99)",
    "drops": "requests or connections are lost",
    "memory": "the machine has no more memory",
    NONE: "nothing: more are not tried",
}
MOST_NAMED = 6


def heading(model: CapacityModel, notice: str, width: int) -> Line:
    """The line at the top: the screen and its load, or the notice of the last key."""
    left: list[Span] = [(" capacity ", "title"), (" ", "text")]
    if notice:
        left.append((f" {notice} ", "notice"))
    else:
        load = model.load
        bound, rate = model.limit_words(), format_count(load.rate)
        words = f"p99 ≤ {bound} · {load.active} active · {rate} req/s"
        left.append((f"{words} · churn {format_count(load.churn)}/s" if load.churn else words, "strong"))
    missing = len(model.missing())
    costs = table_words(model.costs) if width >= 110 else model.costs.name
    state = f"{len(LANES) - missing} of {len(LANES)} lanes known " if missing else f"costs: {costs} "
    return spread(tuple(left), ((state, "dim"),), width)


def explanation(model: CapacityModel, width: int, height: int) -> list[Line]:
    """The explanation of the chart in at most ``height`` lines, the most important first."""
    sentences: list[Wordings] = [_of_lane(model), (_marks(),)]
    sentences += [((("The same in a shell: ", "dim"), (model.command(), "strong")),), (((METHOD, "dim"),),)]
    # One line is always left for the chosen row.
    rows = max(1, height - 1)
    lines = wrap(fitting((reading(model), reading(model, brief=True)), width - 2, rows), width - 2, rows)
    for sentence in sentences:
        rows = max(1, height - len(lines))
        lines += wrap(fitting(sentence, width - 2, rows), width - 2, rows)
    return [((" ", "text"), *line) for line in lines[:height]]


def reading(model: CapacityModel, *, brief: bool = False) -> Line:
    """The lanes that break at 10,000, and the next ones; with ``brief`` without the reasons."""
    missing = model.missing()
    if missing:
        return ((f"Searching: {', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}", "dim"),)
    found = model.all_found()
    broken = [one for one in found if one.connections < QUESTION]
    later = sorted(
        (one for one in found if one.connections >= QUESTION and one.limit != NONE),
        key=lambda one: one.connections,
    )
    open_ended = [one for one in found if one.limit == NONE]
    spans: list[Span] = [(f"At {QUESTION:,} ", "strong")]
    if broken:
        broken.sort(key=lambda one: one.connections)
        spans += [("these break: ", "alarm"), *_listed(broken, "" if brief else "holds")]
    else:
        spans.append(("every lane holds", "good"))
    if later:
        spans += [
            (". Next: " if brief else ". What breaks next: ", "text"),
            *_listed(later, "" if brief else "beyond"),
        ]
    if open_ended:
        count = f"{len(open_ended)} lanes hold" if len(open_ended) > 1 else f"{open_ended[0].lane} holds"
        spans += [(". ", "text"), (f"{count} {FDS_LIMIT:,}", "good")]
    return (*spans, (".", "text"))


def _listed(found: list[Capacity], word: str) -> list[Span]:
    """Names of lanes with the size at which each breaks; with ``word``, also the reason."""
    spans: list[Span] = []
    for one in found[:MOST_NAMED]:
        spans += [(", " if spans else "", "text"), (one.lane, one.lane)]
        where = f"{word} {one.connections:,}; {one.limit}" if word else f"{one.connections:,}"
        spans.append((f" ({where})", "dim"))
    if len(found) > MOST_NAMED:
        spans.append((f" and {len(found) - MOST_NAMED} more", "text"))
    return spans


def _of_lane(model: CapacityModel) -> Wordings:
    """The chosen row. Shorter wordings leave out the search, then the limit of the lane's kind."""
    lane, found, tried = model.lane, model.found(model.lane), model.tried(model.lane)
    spans: list[Span] = [(lane, lane), (" races now" if lane in model.racing else "", "dim"), (": ", "text")]
    prices = LANES[lane].prices
    estimated: Line = ((f" Its costs are {prices.source}.", "alarm"),) if prices.estimated else ()
    if found is None:
        return ((*spans, ("not known yet.", "dim"), *estimated),)
    limit = BREAKS[found.limit].format(limit=model.limit_words())
    holds = f"{found.connections:,} hold" if found.connections else "not even one holds"
    spans += [(holds, "strong"), ("; beyond that ", "text"), (limit, "strong"), (".", "text")]
    kind: Line = ((f" What limits its kind: {LANES[lane].limit}.", "text"),)
    sizes = f" {len(tried)} size{'' if len(tried) == 1 else 's'} tried, {RACE_NS // 10**6} ms each."
    return (
        (*spans, *kind, (sizes, "dim"), *estimated),
        (*spans, *kind, *estimated),
        (*spans, *estimated),
        (*spans, *(((" Estimated.", "alarm"),) if estimated else ())),
    )


def _marks() -> Line:
    return (
        (POSITION, "strong"),
        (" races now · ", "dim"),
        ("┊", "rule"),
        (" 10,000 · ", "dim"),
        ("░", "dim"),
        (" being searched · ", "dim"),
        ("→", "good"),
        (" more are not tried · every figure is simulated", "dim"),
    )
