"""The words of the capacity screen: the heading, the lanes that break at 10,000, the next ones, the chosen
row.
"""

from __future__ import annotations

from c10k_tui.screens.capacity.model import QUESTION, CapacityModel
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.glyphs import POSITION
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, Wordings, fitting, spread, wrap
from sim.scenario.lanes import LANES
from sim.scenario.scenario import FDS_LIMIT
from sim.scenario.units import format_count
from sim.studies.capacity import NONE, RACE_NS, Capacity

METHOD = N_(
    "A size holds if in a race of it nothing is dropped, the machine's memory suffices, and the 99th "
    "percentile of the latency stays within the bound. The load is the same at every size: so many requests "
    "a second in all, over a part of the connections. The largest size that holds is looked for by halving, "
    "to within a tenth."
)
BREAKS = {
    "latency": N_("answers come later than {limit} (p99)"),
    "drops": N_("requests or connections are lost"),
    "memory": N_("the machine has no more memory"),
    NONE: N_("nothing: more are not tried"),
}
MOST_NAMED = 6


def heading(model: CapacityModel, notice: str, width: int) -> Line:
    """The line at the top: the screen and its load, or the notice of the last key."""
    left: list[Span] = [(_(" capacity "), "title"), (" ", "text")]
    if notice:
        left.append((f" {notice} ", "notice"))
    else:
        load = model.load
        bound, rate = model.limit_words(), format_count(load.rate)
        words = _(
            "p99 ≤ {bound} · {active} active · {rate} req/s", bound=bound, active=load.active, rate=rate
        )
        left.append(
            (
                _("{words} · churn {churn}/s", words=words, churn=format_count(load.churn))
                if load.churn
                else words,
                "strong",
            )
        )
    missing = len(model.missing())
    costs = table_words(model.costs) if width >= 110 else model.costs.name
    state = (
        _("{lanes} of {lanes2} lanes known ", lanes=len(LANES) - missing, lanes2=len(LANES))
        if missing
        else _("costs: {costs} ", costs=costs)
    )
    return spread(tuple(left), ((state, "dim"),), width)


def explanation(model: CapacityModel, width: int, height: int) -> list[Line]:
    """The explanation of the chart in at most ``height`` lines, the most important first."""
    sentences: list[Wordings] = [_of_lane(model), (_marks(),)]
    sentences += [
        (((_("The same in a shell: "), "dim"), (model.command(), "strong")),),
        (((_(METHOD), "dim"),),),
    ]
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
        return (
            (
                _(
                    "Searching: {missing}{words}",
                    missing=", ".join(missing[:3]),
                    words=" …" if len(missing) > 3 else "",
                ),
                "dim",
            ),
        )
    found = model.all_found()
    broken = [one for one in found if one.connections < QUESTION]
    later = sorted(
        (one for one in found if one.connections >= QUESTION and one.limit != NONE),
        key=lambda one: one.connections,
    )
    open_ended = [one for one in found if one.limit == NONE]
    spans: list[Span] = [(_("At {question:,} ", question=QUESTION), "strong")]
    if broken:
        broken.sort(key=lambda one: one.connections)
        spans += [(_("these break: "), "alarm"), *_listed(broken, "" if brief else "holds")]
    else:
        spans.append((_("every lane holds"), "good"))
    if later:
        spans += [
            (_(". Next: ") if brief else _(". What breaks next: "), "text"),
            *_listed(later, "" if brief else "beyond"),
        ]
    if open_ended:
        count = (
            _("{open_ended} lanes hold", open_ended=len(open_ended))
            if len(open_ended) > 1
            else _("{lane} holds", lane=open_ended[0].lane)
        )
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
        spans.append((_(" and {found} more", found=len(found) - MOST_NAMED), "text"))
    return spans


def _of_lane(model: CapacityModel) -> Wordings:
    """The chosen row. Shorter wordings leave out the search, then the limit of the lane's kind."""
    lane, found, tried = model.lane, model.found(model.lane), model.tried(model.lane)
    spans: list[Span] = [
        (lane, lane),
        (_(" races now") if lane in model.racing else "", "dim"),
        (": ", "text"),
    ]
    prices = LANES[lane].prices
    estimated: Line = (
        ((_(" Its costs are {source}.", source=prices.source), "alarm"),) if prices.estimated else ()
    )
    if found is None:
        return ((*spans, (_("not known yet."), "dim"), *estimated),)
    limit = _(BREAKS[found.limit], limit=model.limit_words())
    holds = (
        _("{connections:,} hold", connections=found.connections)
        if found.connections
        else _("not even one holds")
    )
    spans += [(holds, "strong"), (_("; beyond that "), "text"), (limit, "strong"), (".", "text")]
    kind: Line = ((_(" What limits its kind: {limit}.", limit=LANES[lane].limit), "text"),)
    sizes = _(
        " {tried} size{words} tried, {race_ns} ms each.",
        tried=len(tried),
        words="" if len(tried) == 1 else "s",
        race_ns=RACE_NS // 10**6,
    )
    return (
        (*spans, *kind, (sizes, "dim"), *estimated),
        (*spans, *kind, *estimated),
        (*spans, *estimated),
        (*spans, *(((_(" Estimated."), "alarm"),) if estimated else ())),
    )


def _marks() -> Line:
    return (
        (POSITION, "strong"),
        (_(" races now · "), "dim"),
        ("┊", "rule"),
        (" 10,000 · ", "dim"),
        ("░", "dim"),
        (_(" being searched · "), "dim"),
        ("→", "good"),
        (_(" more are not tried · every figure is simulated"), "dim"),
    )
