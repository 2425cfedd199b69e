"""The lines above and below: which script, at which pace; its figures, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.screens.loop.stack import short_name
from c10k_tui.screens.loop.tasks import place_words
from c10k_tui.text.glyphs import PAUSE, PLAY
from c10k_tui.text.styled_text import Line, Span, clip, fitting, spread
from sim.scenario.units import format_duration
from sim.scripts.frame import HELD_UP_NS, LoopFrame
from sim.scripts.loop_figures import Culprit, LoopCounters
from sim.stacks.place import Place

NO_CLIENTS = "nothing in this kernel can ever wake it"
"""How the simulator says that everybody waits for ever."""


def script_line(name: str, width: int) -> Line:
    """What is watched at the left, what is true of all figures at the right."""
    left: Line = ((" c10k ", "title"), (" watch ", "dim"), (name, "strong"))
    right = "simulated kernel, virtual time " if width >= 96 else "simulated "
    return spread(left, ((right, "dim"),), width)


def pace_line(
    frame: LoopFrame, width: int, *, paused: bool, speed: float | None, stuck: bool, notice: str
) -> Line:
    """Whether and how fast it goes at the left, virtual time at the right."""
    if frame.over:
        going: Line = ((" over ", "notice"),)
    elif stuck:
        going = ((" the script blocks for real ", "alarm"),)
    elif paused:
        going = ((f" {PAUSE} paused", "strong"), (" · s: step  space: go on", "dim"))
    else:
        going = ((f" {PLAY} ", "good"), (speed_words(speed), "strong"))
    if notice:
        going = (*going, ("  ", "text"), (f" {notice} ", "notice"))
    return spread(going, ((f"{time_words(frame.now_ns)} ", "strong"),), width)


def speed_words(speed: float | None) -> str:
    """So many turns a second."""
    if speed is None:
        return "as fast as it goes"
    if speed < 1:
        return f"a turn takes {1 / speed:g} s"
    return f"{speed:,g} turn{'' if speed == 1 else 's'} a second"


def time_words(now_ns: int) -> str:
    """Virtual time to the microsecond."""
    seconds, rest_ns = divmod(now_ns, 1_000_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    before = f"{hours} h {minutes} min " if hours else f"{minutes} min " if minutes else ""
    return f"{before}{seconds}.{rest_ns // 1000:06} s"


# -- figures ---------------------------------------------------------------------------------------


def figures_line(counters: LoopCounters | None, width: int) -> Line:
    """The loop's counters: turns, callbacks a turn, time in the wait, the longest callback; in fewer words
    where there is less room.
    """
    if counters is None:
        return ()
    turns, callbacks, longest = counters.turns, counters.callbacks, counters.longest
    share = f"{callbacks / turns:.1f}" if turns else "0"
    spent_ns = max(1, counters.poll_ns + counters.callbacks_ns + counters.loop_ns)
    head: Line = ((" turns ", "dim"), (f"{turns:,}", "strong"))
    many: Line = (("callbacks ", "dim"), (f"{callbacks:,}", "strong"), (f", {share} a turn", "text"))
    most: Line = (*many, (f", at most {counters.most_callbacks:,}", "text"))
    few: Line = ((share, "strong"), (" callbacks a turn", "dim"))
    waited: Line = ((_percent(counters.poll_ns / spent_ns), "epoll"), (" of the time waiting", "dim"))
    wait: Line = (waited[0], (" waiting", "dim"))
    where: Line = ()
    who: Line = ()
    bare: Line = ()
    if longest is not None:
        bare = (("longest callback ", "dim"), (format_duration(longest.spent_ns), "strong"))
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
    """Groups with a dot between them, the empty ones left out."""
    spans: list[Span] = []
    for group in groups:
        if group:
            spans += [(" · ", "frame")] if spans else []
            spans += group
    return tuple(spans)


def shares_of_time(counters: LoopCounters) -> Line:
    """Where virtual time went."""
    spent_ns = max(1, counters.poll_ns + counters.callbacks_ns + counters.loop_ns)
    parts = (
        ("waiting", counters.poll_ns, "epoll"),
        ("callbacks", counters.callbacks_ns, "select"),
        ("loop", counters.loop_ns, "text"),
    )
    spans: list[Span] = [("time ", "dim")]
    for words, part_ns, role in parts:
        spans += [(f"{_percent(part_ns / spent_ns)} ", role), (f"{words} ", "dim")]
    return (*spans[:-1], (parts[-1][0], "dim"))


def _percent(share: float) -> str:
    per_cent = 100 * share
    return f"{per_cent:.0f} %" if per_cent >= 99.95 or per_cent == 0 else f"{per_cent:.1f} %"


# -- what went wrong -------------------------------------------------------------------------------


def long_ones(frame: LoopFrame) -> list[Culprit]:
    """Those culprits that held the loop up for long enough to be told of, the oldest first."""
    return [culprit for culprit in frame.culprits if culprit.spent_ns >= HELD_UP_NS]


def trouble_line(
    frame: LoopFrame,
    width: int,
    *,
    stuck_at: Place | None = None,
    stuck_for_s: float | None = None,
    has_loop: bool = True,
    printed: str = "",
) -> Line:
    """What is wrong, in red: a script that failed or blocks, or who held up the loop last.

    Args:
        stuck_for_s: for how long it has not come back, in seconds of the wall; None if it has.
        printed: what the script printed last, which is shown where nothing is wrong.
    """
    if stuck_for_s is not None:
        return clip(stuck_words(stuck_at, stuck_for_s, has_loop), width)
    if frame.error is not None:
        hint = (
            " · a server needs its clients in the same script" if NO_CLIENTS in frame.error else " · tab: all"
        )
        room = width - len(hint) - 1
        return (*clip(((f" {frame.error}", "alarm"),), room), (hint, "dim"))
    culprits = long_ones(frame)
    if culprits:
        return culprit_line(culprits, width)
    if frame.over:
        return ((" the script has come to its end", "good"),)
    return clip(((" printed: ", "dim"), (printed, "text")), width) if printed else ()


def stuck_words(place: Place | None, seconds: float, has_loop: bool) -> Line:
    """A script that keeps its turn."""
    where = f"{place_words(place)} in {short_name(place.function)}: {place.text}" if place else "somewhere"
    if not has_loop:
        return ((f" has run for {seconds:.1f} s without an event loop, now at {where}", "text"),)
    return ((f" BLOCKS THE LOOP for {seconds:.1f} s of real time: {where}", "alarm"),)


def culprit_line(culprits: list[Culprit], width: int) -> Line:
    """The newest one, and how many there were."""
    newest = culprits[-1]
    place = newest.place
    where = f"{place_words(place)}: {place.text}" if place is not None else ""
    hint = f" · {len(culprits)} so far · c: look" if len(culprits) > 1 else " · c: look"
    words = f" HELD UP THE LOOP for {format_duration(newest.spent_ns)}: {newest.name} at {where}"
    return (*clip(((words, "alarm"),), width - len(hint)), (hint, "dim"))
