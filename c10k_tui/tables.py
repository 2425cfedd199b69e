"""How a cost table is called on the screen: always by name, and where it was made if it was measured."""

from __future__ import annotations

from sim.costs import CostTable


def table_words(costs: CostTable) -> str:
    """A cost table in a few words."""
    return costs.name
