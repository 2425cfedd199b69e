"""The words of the loop screen: script and pace at the top, trouble at the bottom."""

from __future__ import annotations

from c10k_tui.text.glyphs import PAUSE, PLAY
from c10k_tui.text.messages import _
from c10k_tui.text.script_tasks import place_words, short_name
from c10k_tui.text.styled_text import Line, clip, spread
from sim.scenario.units import format_duration
from sim.scripts.loop_figures import Culprit
from sim.scripts.loop_frame import HELD_UP_NS, LoopFrame
from sim.stacks.code_place import Place

NO_CLIENTS = "nothing in this kernel can ever wake it"
"""Part of the simulator's error for a script in which all tasks wait forever."""


def script_line(name: str, width: int) -> Line:
    """The script on the left; on the right that all figures are simulated."""
    left: Line = ((" c10k ", "title"), (_(" watch "), "dim"), (name, "strong"))
    right = _("simulated kernel, virtual time ") if width >= 96 else "simulated "
    return spread(left, ((right, "dim"),), width)


def pace_line(
    frame: LoopFrame, width: int, *, paused: bool, speed: float | None, stuck: bool, notice: str
) -> Line:
    """State and pace on the left, virtual time on the right."""
    if frame.over:
        going: Line = ((_(" over "), "notice"),)
    elif stuck:
        going = ((_(" the script blocks for real "), "alarm"),)
    elif paused:
        going = ((_(" {pause} paused", pause=PAUSE), "strong"), (_(" · s: step  space: go on"), "dim"))
    else:
        going = ((f" {PLAY} ", "good"), (speed_words(speed), "strong"))
    if notice:
        going = (*going, ("  ", "text"), (f" {notice} ", "notice"))
    return spread(going, ((f"{time_words(frame.now_ns)} ", "strong"),), width)


def speed_words(speed: float | None) -> str:
    """The pace as text: ``5 turns a second``."""
    if speed is None:
        return _("as fast as it goes")
    if speed < 1:
        return _("a turn takes {value:g} s", value=1 / speed)
    return _("{speed:,g} turn{words} a second", speed=speed, words="" if speed == 1 else "s")


def time_words(now_ns: int) -> str:
    """Virtual time with microseconds."""
    seconds, rest_ns = divmod(now_ns, 1_000_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    before = (
        _("{hours} h {minutes} min ", hours=hours, minutes=minutes)
        if hours
        else _("{minutes} min ", minutes=minutes)
        if minutes
        else ""
    )
    return f"{before}{seconds}.{rest_ns // 1000:06} s"


# -- what went wrong -------------------------------------------------------------------------------


def long_ones(frame: LoopFrame) -> list[Culprit]:
    """Callbacks that held up the loop for at least :data:`HELD_UP_NS`, the oldest first."""
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
    """The line at the bottom: a script that failed or blocks, the last held-up loop, or the last output.

    Args:
        frame: The script at this moment.
        width: Cells.
        stuck_at: The line at which the script blocks, if that is known.
        stuck_for_s: Seconds of real time for which the script blocks; None if it does not.
        has_loop: True if the script has an event loop.
        printed: The last printed line, shown if nothing is wrong.
    """
    if stuck_for_s is not None:
        return clip(stuck_words(stuck_at, stuck_for_s, has_loop), width)
    if frame.error is not None:
        hint = (
            _(" · a server needs its clients in the same script")
            if NO_CLIENTS in frame.error
            else _(" · tab: all")
        )
        room = width - len(hint) - 1
        return (*clip(((f" {frame.error}", "alarm"),), room), (hint, "dim"))
    culprits = long_ones(frame)
    if culprits:
        return culprit_line(culprits, width)
    if frame.over:
        return ((_(" the script has come to its end"), "good"),)
    return clip(((_(" printed: "), "dim"), (printed, "text")), width) if printed else ()


def stuck_words(place: Place | None, seconds: float, has_loop: bool) -> Line:
    """The line for a script that blocks in real time."""
    where = (
        _(
            "{place_words} in {short_name}: {text}",
            place_words=place_words(place),
            short_name=short_name(place.function),
            text=place.text,
        )
        if place
        else "somewhere"
    )
    if not has_loop:
        return (
            (
                _(
                    " has run for {seconds:.1f} s without an event loop, now at {where}",
                    seconds=seconds,
                    where=where,
                ),
                "text",
            ),
        )
    return (
        (
            _(" BLOCKS THE LOOP for {seconds:.1f} s of real time: {where}", seconds=seconds, where=where),
            "alarm",
        ),
    )


def culprit_line(culprits: list[Culprit], width: int) -> Line:
    """The newest callback that held up the loop, and how many there were."""
    newest = culprits[-1]
    place = newest.place
    where = f"{place_words(place)}: {place.text}" if place is not None else ""
    hint = (
        _(" · {culprits} so far · c: look", culprits=len(culprits)) if len(culprits) > 1 else _(" · c: look")
    )
    words = _(
        " HELD UP THE LOOP for {spent_ns}: {name} at {where}",
        spent_ns=format_duration(newest.spent_ns),
        name=newest.name,
        where=where,
    )
    return (*clip(((words, "alarm"),), width - len(hint)), (hint, "dim"))
