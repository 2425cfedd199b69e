"""The line at the top: the scenario at the left, the pace at the right."""

from __future__ import annotations

from c10k_tui.text.messages import _
from c10k_tui.text.pace_words import seconds_words, slow_motion_words
from c10k_tui.text.styled_text import Line, Span, spread, width_of
from sim.scenario.scenario import Scenario, Share
from sim.scenario.units import format_count, format_short


def head_line(
    scenario: Scenario,
    width: int,
    *,
    paused: bool,
    speed: float | None,
    rate_ns: float,
    kept_up: float,
    scan_s: float,
    prices: str,
) -> Line:
    """The scenario and the pace. If room is short, words are left out before figures.

    Args:
        scenario: The scenario.
        width: Cells.
        paused: True if the race is paused.
        speed: The speed that the user chose; None for as fast as possible.
        rate_ns: Virtual nanoseconds per wall second.
        kept_up: Part of the wanted speed that is reached, from 0 to 1.
        scan_s: Wall seconds that a scan takes; 0 in a race without scans.
        prices: Name of the cost table; empty for the built-in one.
    """
    named: Line = ((" c10k ", "title"), (" ", "text"))
    settings = [_settings(scenario, brief=brief) for brief in (False, True)]
    lefts = [(*named, *settings[0]), settings[0], (*named, *settings[1]), settings[1]]
    rights = _paces(paused, speed, rate_ns, kept_up, scan_s, prices)
    fitting = (
        (left, right) for right in rights for left in lefts if width_of(left) + 2 + width_of(right) <= width
    )
    left, right = next(fitting, (lefts[-1], rights[-1]))
    return spread(left, right, width)


def _paces(
    paused: bool, speed: float | None, rate_ns: float, kept_up: float, scan_s: float, prices: str
) -> list[Line]:
    """The pace, from the longest wording to the shortest."""
    state: Line = ((_(" ▌▌ paused "), "title"),) if paused else (("▶ ", "strong"),)
    pace = _("as fast as possible") if speed is None else slow_motion_words(rate_ns)
    words: Line = ((pace, "text"), (" ", "text"), *state)
    origin = _("simulated, costs: {prices} · ", prices=prices) if prices else _("simulated · ")
    simulated: Line = ((origin, "dim"), *words)
    if prices:
        words = ((_("costs: {partition} · ", partition=prices.partition(" ")[0]), "dim"), *words)
    least: Line = ((pace.removeprefix("slow motion "), "text"), (" ", "text"), *state)
    if speed is not None and scan_s > LONG_SCAN_S:
        long = _("a scan takes {seconds_words}", seconds_words=seconds_words(scan_s))
        faster: Line = ((long, "wasted"), (_(" (.: faster)"), "strong"), (" · ", "dim"))
        return [(*faster, *words), (*faster[:2], (" ", "text"), *state), words, least]
    if speed is None or kept_up >= _KEPT_UP or paused:
        return [simulated, words, least]
    slow = _("too slow for that: {kept_up:.1f} of it", kept_up=kept_up)
    return [
        ((_("this machine is "), "alarm"), (slow, "alarm"), (" · ", "dim"), *words),
        ((slow, "alarm"), (" · ", "dim"), *words),
        words,
        least,
    ]


LONG_SCAN_S = 20.0
"""From this duration of a scan on, the screen offers a faster pace."""
_KEPT_UP = 0.95
"""Part of the wanted speed from which on nothing is said."""


def _settings(scenario: Scenario, *, brief: bool) -> Line:
    """The scenario. ``brief`` writes counts with three digits and shorter words."""
    active = _("all") if scenario.active == Share(10_000) else str(scenario.active)
    if isinstance(scenario.active, int):
        active = _three_digits(scenario.active) if brief else f"{scenario.active:,}"
    number = _three_digits if brief else format_count
    connections = _(" connection · ") if scenario.fds == 1 else _(" connections · ")
    send = _(" sends · ") if scenario.active_count == 1 else _(" send · ")
    spans: list[Span] = [
        (" ", "text"),
        (_three_digits(scenario.fds) if brief else f"{scenario.fds:,}", "strong"),
        (_(" conn. · ") if brief else connections, "dim"),
        (active, "strong"),
        (send, "dim"),
        (number(scenario.rate), "strong"),
        (" req/s" if brief else _(" requests/s"), "dim"),
    ]
    if scenario.churn:
        spans += [
            (" · ", "dim"),
            (number(scenario.churn), "strong"),
            (_(" reconn./s") if brief else _(" reconnects/s"), "dim"),
        ]
    if scenario.fd_setsize and "select" in scenario.lanes:
        spans += [(" · ", "dim"), (_("limit 1k") if brief else _("select's limit: 1,024"), "alarm")]
    if scenario.fault:
        spans += [(" · ", "dim"), (scenario.fault, "alarm")]
    return tuple(spans)


def _three_digits(value: int) -> str:
    return format_short(value).replace(".00", "")
