"""How a cost table is called on the screen: always by name, and where and when if it is the user's own."""

from __future__ import annotations

from sim.machine.costs import BUILT_IN, CostTable


def table_words(costs: CostTable) -> str:
    """A cost table in a few words: ``built-in``, ``calibrated on AMD EPYC, 2026-11-24``.

    The built-in table has a machine and a date too, but they are not the user's; its source names them.
    """
    if costs.name == BUILT_IN.name:
        return costs.name
    made = ", ".join(word for word in (costs.machine, costs.date) if word)
    return f"{costs.name} on {made}" if costs.machine else f"{costs.name} {made}".rstrip()
