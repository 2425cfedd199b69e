"""Figures as a table for people and as one JSON object for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure."""

    name: str
    measured: float
    unit: str
    """Unit of ``measured`` and ``limit``; ``×`` for a ratio."""
    limit: float | None = None
    """Limit that the figure must not exceed (or not fall below, with ``at_least``); None if there is no
    limit."""
    at_least: bool = False
    note: str = ""
    """The origin of the figure, if it is not obvious; else empty."""

    @property
    def ok(self) -> bool | None:
        """True if the limit is kept; None without a limit."""
        if self.limit is None:
            return None
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def show(figures: Iterable[Figure], title: str) -> None:
    """Print a table of figures."""
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    table.add_column("figure", overflow="fold")
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("limit", justify="right", no_wrap=True)
    table.add_column("ok", justify="center", no_wrap=True)
    table.add_column("how", overflow="fold", style="dim")
    for figure in figures:
        limit = "" if figure.limit is None else ("≥ " if figure.at_least else "≤ ") + number(figure.limit)
        verdict = {None: "", True: "[green]yes[/]", False: "[bold red]NO[/]"}[figure.ok]
        table.add_row(figure.name, f"{number(figure.measured)} {figure.unit}", limit, verdict, figure.note)
    console = Console()
    # Output to a file has no width, so the table gets enough room.
    console.print(table, width=None if console.is_terminal else 150)


def number(value: float) -> str:
    """Three significant digits, in the usual notation."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if abs(value) >= 0.001 else f"{value:.2g}"


def save(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures as JSON, with the machine on which they were measured."""
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
    }
    rows = [asdict(figure) | {"ok": figure.ok} for figure in figures]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False) + "\n")
