"""Names of cost tables: the name, and for the user's own table also where and when it was measured."""

from __future__ import annotations

from c10k_tui.text.messages import _
from sim.machine.costs import BUILT_IN, CostTable


def table_words(costs: CostTable) -> str:
    """The name of a cost table: ``built-in``, ``calibrated on AMD EPYC, 2026-11-24``.

    Machine and date of the built-in table are left out, because they are not the user's; its source has them.
    """
    if costs.name == BUILT_IN.name:
        return costs.name
    made = ", ".join(word for word in (costs.machine, costs.date) if word)
    return (
        _("{name} on {made}", name=costs.name, made=made)
        if costs.machine
        else f"{costs.name} {made}".rstrip()
    )
