"""The verdict when a lane has failed: the reason, and the way in which other lanes avoid it."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Wordings, marked
from sim.frames.frame import Frame, LaneFrame
from sim.scenario.faults import FD_SETSIZE, MEMORY
from sim.scenario.units import format_bytes


def failed_verdicts(frame: Frame, failed: LaneFrame) -> Wordings:
    """The verdicts about a failed lane.

    Args:
        frame: The race.
        failed: The lane. If it has no warning, it failed at the C library's limit.
    """
    others = [lane for lane in frame.lanes if lane.failure is None]
    kind = FD_SETSIZE if failed.warning is None else failed.warning.kind
    if kind == MEMORY:
        return _out_of_memory(failed, others)
    return _at_the_limit(failed, others) if kind == FD_SETSIZE else _gave_up(failed, others)


def _gave_up(failed: LaneFrame, others: Sequence[LaneFrame]) -> Wordings:
    opening: Line = ((failed.name, failed.name), (_(" has given up."), "text"))
    if not others:
        return (opening,)
    names, on = " and ".join(lane.name for lane in others), "goes on" if len(others) == 1 else "go on"
    return (*opening, (f" {names} {on}.", "text")), opening


def _at_the_limit(failed: LaneFrame, others: Sequence[LaneFrame]) -> Wordings:
    """A descriptor that does not fit into an fd_set."""
    who, key = (failed.name, failed.name), (_("Press l to lift it."), "text")
    if not others:
        return (
            (who, (_(" has reached the limit of the C library. "), "text"), key),
            (who, (_(" stopped. "), "text"), key),
        )
    other = (others[-1].name, others[-1].name)
    return (
        (
            who,
            (_(" has reached the limit of the C library; "), "text"),
            other,
            (_(" has no such limit. "), "text"),
            key,
        ),
        (who, (_(" has reached the C library's limit; "), "text"), other, (_(" has none. "), "text"), key),
        (who, (_(" stopped at the C library's limit. "), "text"), key),
    )


def _out_of_memory(failed: LaneFrame, others: Sequence[LaneFrame]) -> Wordings:
    """A lane whose connections need more memory than the machine has."""
    who = (failed.name, failed.name)
    opening: Line = (who, (_(" needs more memory than the machine has"), "text"))
    if failed.memory is None:
        return ((*opening, (".", "text")),)
    each = _(
        "*{connection_bytes}* a connection", connection_bytes=format_bytes(failed.memory.connection_bytes)
    )
    brief: Line = (who, *marked(_(" is out of memory: {each}.", each=each)))
    if not others or others[-1].memory is None:
        return (*opening, *marked(f": {each}.")), brief
    other, takes = (others[-1].name, others[-1].name), format_bytes(others[-1].memory.connection_bytes)
    return (
        (*opening, *marked(f": {each}, "), other, *marked(f" *{takes}*.")),
        (*opening, *marked(f": {each}.")),
        brief,
    )
