"""The counters of an event loop as one line, in the longest wording that fits."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.text.messages import _
from c10k_tui.text.script_tasks import place_words
from c10k_tui.text.styled_text import Line, Span, clip, fitting
from sim.scenario.units import format_duration
from sim.scripts.loop_figures import LoopCounters


def figures_line(counters: LoopCounters | None, width: int) -> Line:
    """The loop's counters as a line: turns, callbacks per turn, time spent waiting, the longest callback.

    Returns the longest wording that fits into ``width`` cells; an empty line without counters.
    """
    if counters is None:
        return ()
    turns, callbacks, longest = counters.turns, counters.callbacks, counters.longest
    share = f"{callbacks / turns:.1f}" if turns else "0"
    spent_ns = max(1, counters.poll_ns + counters.callbacks_ns + counters.loop_ns)
    head: Line = ((_(" turns "), "dim"), (f"{turns:,}", "strong"))
    many: Line = (
        (_("callbacks "), "dim"),
        (f"{callbacks:,}", "strong"),
        (_(", {share} a turn", share=share), "text"),
    )
    most: Line = (*many, (_(", at most {most_callbacks:,}", most_callbacks=counters.most_callbacks), "text"))
    few: Line = ((share, "strong"), (_(" callbacks a turn"), "dim"))
    waited: Line = ((_percent(counters.poll_ns / spent_ns), "epoll"), (_(" of the time waiting"), "dim"))
    wait: Line = (waited[0], (_(" waiting"), "dim"))
    where: Line = ()
    who: Line = ()
    bare: Line = ()
    if longest is not None:
        bare = ((_("longest callback "), "dim"), (format_duration(longest.spent_ns), "strong"))
        who = (*bare, (f" {longest.name}", "text"))
        where = (*who, (f" {place_words(longest.place)}", "text"))
    shares = shares_of_time(counters)
    choices = (
        (head, most, shares, where),
        (head, most, shares, who),
        (head, many, waited, where),
        (head, many, waited, who),
        (head, many, wait, bare),
        (head, few, wait, bare),
        (head, few, wait),
    )
    return clip(fitting(tuple(_joined(groups) for groups in choices), width), width)


def _joined(groups: Sequence[Line]) -> Line:
    """The groups that are not empty, with a dot between them."""
    spans: list[Span] = []
    for group in groups:
        if group:
            spans += [(" · ", "frame")] if spans else []
            spans += group
    return tuple(spans)


def shares_of_time(counters: LoopCounters) -> Line:
    """Shares of virtual time: waiting, callbacks, the loop itself."""
    spent_ns = max(1, counters.poll_ns + counters.callbacks_ns + counters.loop_ns)
    parts = (
        ("waiting", counters.poll_ns, "epoll"),
        ("callbacks", counters.callbacks_ns, "select"),
        ("loop", counters.loop_ns, "text"),
    )
    spans: list[Span] = [(_("time "), "dim")]
    for words, part_ns, role in parts:
        spans += [(f"{_percent(part_ns / spent_ns)} ", role), (f"{words} ", "dim")]
    return (*spans[:-1], (parts[-1][0], "dim"))


def _percent(share: float) -> str:
    per_cent = 100 * share
    return f"{per_cent:.0f} %" if per_cent >= 99.95 or per_cent == 0 else f"{per_cent:.1f} %"
