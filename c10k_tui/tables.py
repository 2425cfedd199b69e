"""How a cost table is called on the screen: always by name, and where it was made if it was measured."""

from __future__ import annotations

from sim.costs import CostTable


def table_words(costs: CostTable) -> str:
    """A cost table in a few words: ``built-in``, ``calibrated on AMD EPYC, 2026-11-24``."""
    made = ", ".join(word for word in (costs.machine, costs.date) if word)
    return f"{costs.name} on {made}" if costs.machine else f"{costs.name} {made}".rstrip()
