"""The cost table that ``c10k-tui calibrate`` keeps for the user, in the platform's directory for data."""

from __future__ import annotations

import os
from pathlib import Path

from sim.machine.costs import CostTable

ANOTHER_FILE = "C10K_TUI_COSTS"
"""The environment variable that names another file."""


def costs_path() -> Path:
    """Where the table is, or would be."""
    named = os.environ.get(ANOTHER_FILE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("c10k-tui", appauthor=False) / "costs.json"


def current_costs() -> tuple[CostTable, str | None]:
    """The table in use: see :func:`sim.studies.calibration.current_costs`."""
    from sim.studies import calibration

    return calibration.current_costs(costs_path())
