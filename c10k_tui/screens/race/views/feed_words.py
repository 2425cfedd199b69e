"""The effect of a packet in a lane, in words as long as the room allows."""

from __future__ import annotations

from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import N_, _
from c10k_tui.text.packet_effects import EffectTable, Sizes
from sim.machine.records import DropReason, Effect

_CELLS = (38, 19, 11)
"""Cells for the longest words, and for the next sizes."""
_DROPS: EffectTable = {
    DropReason.BACKLOG_FULL: (N_("DROPPED: the accept backlog was full"), N_("DROPPED: backlog"), "DROP"),
    DropReason.NOT_CONNECTED: (N_("DROPPED: no connection to take it"), N_("DROPPED: no conn."), "DROP"),
    DropReason.CONNECTION_GONE: (N_("DROPPED: the connection is gone"), N_("DROPPED: gone"), "DROP"),
}
_AT_CLIENT: EffectTable = {
    Effect.HELD: (N_("waits at its client: the window is full"), N_("waits at its client"), "waits"),
    Effect.UNSENT: (N_("not made: its client still waits to write"), N_("not made: no room"), N_("not made")),
}
_WASTEFUL = Effect.WOKE_SCAN | Effect.SCAN_BEHIND
_REPORTED = Effect.READY_LIST | Effect.KNOTE | Effect.TASK_WORK | Effect.COMPLETED | Effect.WOKE_TASK


def effect_words(lane: str, effect: int, dropped: bool, width: int) -> tuple[str, str]:
    """The effect of a packet in a lane: the words and their role in the palette.

    Args:
        lane: A lane's name.
        effect: An :class:`~sim.machine.records.Effect`, or a :class:`~sim.machine.records.DropReason`.
        dropped: True if the packet was dropped; ``effect`` is the reason then.
        width: Cells for the words. The shortest words may be longer.
    """
    if dropped:
        return _fitting(_DROPS[effect], width), "alarm"
    for key, words in _AT_CLIENT.items():
        if effect & key:
            return _fitting(words, width), "wasted"
    for key, words in LANE_TEXTS[lane].effects.items():
        if effect & key == key and (key or not effect):
            loud = "wasted" if key & _WASTEFUL else lane if key & _REPORTED else "text"
            return _fitting(words, width), loud
    return "–", "dim"


def _fitting(sizes: Sizes, width: int) -> str:
    """The words for this width. All answers in a column have the same size, even if some would fit in a
    longer one.
    """
    size = sum(width < cells for cells in _CELLS)
    return _(sizes[min(size, len(sizes) - 1)])
