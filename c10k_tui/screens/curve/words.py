"""The words of the curve screen: heading, legend and explanation.

The first sentence is the result: the ratio of select to epoll at the rule, and the number of descriptors
below which select is cheaper. All its figures are in the picture.
"""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.charts.chart import MECHANISM_LETTERS, Chart, Curve, cost_words, crossing
from c10k_tui.screens.curve.model import READY_LIMIT, CurveModel
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.messages import _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, spread, width_of, wrap
from sim.machine.costs import BUILT_IN
from sim.studies.benchmark import BenchmarkRow
from sim.studies.published_papers import Difference, Paper, differences, implied_ready, slopes_ns

FIGURES_FROM = 100
"""Width from which a paper's printed figures are part of the sentence."""
RISING = 1.5
"""A slope that grows by this factor counts as rising."""
FAR_OFF = 0.1
"""Relative error from which the explanation recommends to calibrate."""
SCANNING = ("select", "poll")


def heading(model: CurveModel, notice: str, width: int) -> Line:
    """The line at the top: the screen and its subject on the left, the cost table on the right."""
    left: list[Span] = [(_(" curve "), "title"), (" ", "text")]
    if notice:
        left.append((f" {notice} ", "notice"))
    elif model.paper is not None:
        left += [(_("published: "), "dim"), (model.paper.title, "strong")]
    else:
        left.append((_("what one wake-up costs"), "strong"))
    tables = dict.fromkeys((table_words(model.costs), model.costs.name))
    rights: list[Line] = [((_("costs: {words} ", words=words), "dim"),) for words in tables]
    fitting = [right for right in rights if width_of(left) + width_of(right) < width]
    return spread(tuple(left), fitting[0] if fitting else rights[-1], width)


def legend_line(chart: Chart) -> Line:
    """The legend: simulated lines, measured and published points."""
    spans: list[Span] = [(" ⠒⠒⠒", "text"), (_(" simulated line"), "dim")]
    for kind, words in (
        (_("measured"), _("measured on this machine")),
        (_("published"), _("published point")),
    ):
        if kind in chart.kinds:
            spans.append(("   ", "text"))
            spans += [(letter, f"{kind}-{name}") for name, letter in MECHANISM_LETTERS.items()]
            spans.append((f" {words}", "dim"))
    return tuple(spans)


def explanation(model: CurveModel, chart: Chart, busy: str, width: int, height: int) -> list[Line]:
    """The explanation of the picture in at most ``height`` lines.

    Args:
        model: The state of the screen.
        chart: The picture.
        busy: Progress of computing or measuring; empty if neither is in progress.
        width: Cells.
        height: Lines.
    """
    if model.paper is not None:
        sentences = _of_paper(model, model.paper, with_figures=width >= FIGURES_FROM)
    else:
        sentences = _of_curves(model, chart)
    if busy:
        sentences.insert(1, ((busy, "notice"),))
    lines: list[Line] = []
    for sentence in sentences:
        lines += wrap(sentence, width - 2, max(1, height - len(lines)))
        if len(lines) >= height:
            break
    return [((" ", "text"), *line) for line in lines[:height]]


# --- curves -------------------------------------------------------------------------------------------


def _of_curves(model: CurveModel, chart: Chart) -> list[Line]:
    return [_compared(model, chart), *_measured(model), *_limits(model), _table(model)]


def _compared(model: CurveModel, chart: Chart) -> Line:
    """Ratio of select and poll to epoll at the rule, and the place where epoll becomes cheaper."""
    costs = dict(chart.readings())
    if "epoll" not in costs or "select" not in costs:
        return ((_("computing …"), "dim"),)
    spans: list[Span] = [
        (_("At {fds:,} fds, {active_now:,} active: ", fds=model.fds, active_now=model.active_now), "text")
    ]
    for index, name in enumerate(name for name in SCANNING if name in costs):
        ratio = ratio_text(round(costs[name]), max(1, round(costs["epoll"])))
        spans += [(", " if index else "", "text"), (name, name)]
        spans += [(" " if index else _(" costs "), "text"), (f"{ratio}×", "strong")]
        spans += [("" if index else " epoll", "text")]
    spans.append((f" ({_whole(costs['select'])} : {_whole(costs['epoll'])}); ", "dim"))
    return (*spans, *_turning(model, chart))


def _whole(cost_ns: float) -> str:
    """A cost with a no-break space before its unit."""
    return cost_words(cost_ns).replace(" ", "\u00a0")


def _turning(model: CurveModel, chart: Chart) -> Line:
    """The place at which select and epoll cost the same."""
    if model.axis == "share":
        return _turning_share(model, chart)
    known, fds = model.break_even("select")
    if not known:
        return _turning_drawn(chart)
    if fds is None:
        return ((_("select is cheaper at any number of descriptors."), "good"),)
    if fds <= max(1, model.active_now):
        return ((_("epoll is cheaper at any number of them."), "good"),)
    return ((_("below {fds:,} fds select is cheaper.", fds=fds), "good"),)


def _pair(chart: Chart) -> tuple[Curve, Curve] | None:
    lines = {curve.name: curve for curve in chart.curves}
    return (lines["select"], lines["epoll"]) if "select" in lines and "epoll" in lines else None


def _cheaper_all_along(select: Curve, epoll: Curve) -> str:
    return "select" if select.points[0][1] <= epoll.points[0][1] else "epoll"


def _turning_drawn(chart: Chart) -> Line:
    """The place at which the drawn lines of select and epoll cross; used for an active share."""
    pair = _pair(chart)
    if pair is None:
        return ()
    place = crossing(*pair)
    first = _cheaper_all_along(*pair)
    if place is None:
        return ((_("{first} is cheaper all along the line.", first=first), "good"),)
    return ((_("below about {place:,.0f} fds {first} is cheaper.", place=place, first=first), "good"),)


def _turning_share(model: CurveModel, chart: Chart) -> Line:
    pair = _pair(chart)
    if pair is None:
        return ()
    place = crossing(*pair)
    if place is None:
        return (
            (
                _(
                    "{cheaper_all_along} is cheaper all along the line.",
                    cheaper_all_along=_cheaper_all_along(*pair),
                ),
                "good",
            ),
        )
    return (
        (
            _(
                "with more than about {place:.2g} % active ({place2:,.0f}) ",
                place=place * 100,
                place2=place * model.fds,
            ),
            "text",
        ),
        (_("select is cheaper.") if _cheaper_all_along(*pair) == "epoll" else _("epoll is cheaper."), "good"),
    )


def _measured(model: CurveModel) -> list[Line]:
    """The error of the simulation against the measurements, or how to measure."""
    rows = [row for point in model.points() if (row := model.measured.get(point)) is not None]
    done = [row for row in rows if row.measured_ns is not None]
    lines: list[Line] = []
    if done:
        lines.append(_errors(model, done))
    elif not rows:
        lines.append((("m", "strong"), (_(" measures the same calls on this machine's kernel."), "dim")))
    why_not = [row for row in rows if row.why_not]
    if why_not:
        least = min(row.point.fds for row in why_not)
        lines.append(
            ((_("From {least:,} fds on: {why_not}.", least=least, why_not=why_not[0].why_not), "text"),)
        )
    noisy = [row.noisy for row in done if row.noisy]
    if noisy:
        lines.append(((_("{noisy} of them unsure: {noisy2}", noisy=len(noisy), noisy2=noisy[0]), "alarm"),))
    return lines


def _errors(model: CurveModel, done: Sequence[BenchmarkRow]) -> Line:
    """The median error of the simulated lines against the measured points."""
    errors = sorted(abs(error) for row in done if (error := row.error) is not None)
    median = errors[len(errors) // 2] if errors else 0.0
    words = _(
        "{done} points measured on this machine, of which the line is off by {median:.0%} (median).",
        done=len(done),
        median=median,
    )
    if model.costs == BUILT_IN and median > FAR_OFF:
        return ((words, "text"), (_(" c10k-tui calibrate"), "strong"), (_(" fits the table to it."), "text"))
    return ((words, "text"),)


def _limits(model: CurveModel) -> list[Line]:
    """Words for the points that the lines leave out."""
    if model.active_now <= READY_LIMIT and (model.axis == "fds" or model.fds <= READY_LIMIT):
        return []
    return [((_("Lines end where {ready_limit:,} are ready at once.", ready_limit=READY_LIMIT), "dim"),)]


def _table(model: CurveModel) -> Line:
    source: Line = (
        (
            _(
                "Cost table {table_words}: {source}.",
                table_words=table_words(model.costs),
                source=model.costs.source,
            ),
            "dim",
        ),
    )
    if model.own_costs_problem is None:
        return source
    return (
        (
            _("Not your own cost table: {own_costs_problem}. ", own_costs_problem=model.own_costs_problem),
            "alarm",
        ),
        *source,
    )


# --- papers -------------------------------------------------------------------------------------------


def _of_paper(model: CurveModel, paper: Paper, with_figures: bool) -> list[Line]:
    about: list[Line] = [
        ((paper.reference, "strong"), (f". {paper.setup}.", "text")),
        ((_("One point is {unit}.", unit=paper.unit), "text"),),
    ]
    try:
        found = differences(paper, model.simulated.__getitem__)
    except KeyError:
        return [((_("computing our side …"), "dim"),), *about]
    return [_apart(found, with_figures), *about, _why(model, paper)]


def _apart(found: Sequence[Difference], with_figures: bool) -> Line:
    """Published divided by simulated cost at the largest and the smallest size, for each mechanism."""
    spans: list[Span] = [(_("Theirs ÷ ours "), "strong")]
    sizes = sorted({one.published.fds for one in found}, reverse=True)
    for size in dict.fromkeys((sizes[0], sizes[-1])):
        spans.append(
            (
                _("at {size:,} fds: ", size=size)
                if size == sizes[0]
                else _("; at {size:,} fds: ", size=size),
                "text",
            )
        )
        for index, one in enumerate(one for one in found if one.published.fds == size):
            spans += [(", " if index else "", "text"), (one.published.mechanism, one.published.mechanism)]
            spans.append((f" {_factor(one)}", "strong"))
            if with_figures:
                spans.append((f" ({one.published.printed})", "dim"))
    return (*spans, (".", "text"))


def _factor(one: Difference) -> str:
    return f"{ratio_text(one.published.cost_ns, one.ours_ns)}×"


def _why(model: CurveModel, paper: Paper) -> Line:
    """Reasons for the difference; reasons with computed figures come first."""
    reasons = [*_slope_words(model, paper), *_ready_words(model, paper), *paper.causes]
    return ((_("Why, we think: "), "strong"), ("; ".join(reasons) + ".", "text"))


def _slope_words(model: CurveModel, paper: Paper) -> list[str]:
    """Cost of one more descriptor. A rising slope means that the data no longer fit into the cache."""
    slopes = slopes_ns(paper, "poll", model.simulated.__getitem__)
    if paper.baseline is not None or not slopes:
        return []
    theirs, ours = ([pair[side] for pair in slopes] for side in (0, 1))
    reason = _(" (files outgrow the cache)") if theirs[-1] > RISING * theirs[0] else ""
    return [
        _(
            "a descriptor more costs their poll {from_to} ns{reason}, ours {from_to2}",
            from_to=_from_to(theirs),
            reason=reason,
            from_to2=_from_to(ours),
        )
    ]


def _from_to(slopes: Sequence[float]) -> str:
    """The first and the last slope, or only the last if they are similar."""
    first, last = (f"{slope:,.0f}" for slope in (slopes[0], slopes[-1]))
    return last if slopes[-1] < RISING * slopes[0] else _("{first} to {last}", first=first, last=last)


def _ready_words(model: CurveModel, paper: Paper) -> list[str]:
    """Requests per wake-up at which the simulated cost equals the published one."""
    scanning = [one for one in paper.published if one.mechanism == "select"]
    most = max(scanning, key=lambda one: one.fds)
    count = implied_ready(paper, most, model.simulated.__getitem__)
    if count is None:
        return []
    return [
        _(
            "ours would give their select at {fds:,} if {count:.1f} requests shared each call",
            fds=most.fds,
            count=count,
        )
    ]
