"""The user's cost table, saved by ``c10k-tui calibrate`` in the platform's data directory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from c10k_tui.cli.output import encodable
from sim.machine.costs import CostTable

ANOTHER_FILE = "C10K_TUI_COSTS"
"""Environment variable that names another file."""


def costs_path() -> Path:
    """The file of the user's cost table; it need not exist."""
    named = os.environ.get(ANOTHER_FILE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("c10k-tui", appauthor=False) / "costs.json"


def current_costs() -> tuple[CostTable, str | None]:
    """The cost table in use, and the reason why it is not the user's own; None if it is, or if the user has
    none.

    See :func:`sim.studies.calibration.current_costs`.
    """
    from sim.studies import calibration

    return calibration.current_costs(costs_path())


def costs_in_use() -> CostTable:
    """The user's own cost table, or the built-in one. If the user's own cannot be used, prints the reason on
    stderr.
    """
    costs, why_not = current_costs()
    if why_not is not None:
        print(encodable(f"c10k-tui: {why_not}"), file=sys.stderr)
    return costs
