"""Figures, and how they are shown: a table for people, one object for programs."""

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
    """One thing measured."""

    name: str
    measured: float
    unit: str
    """``×`` for a ratio; otherwise what ``measured`` and ``limit`` are in."""
    limit: float | None = None
    """What it must not exceed (not fall below, if ``at_least``); None for figures given for reference."""
    at_least: bool = False
    note: str = ""
    """How it was come by, where that is not plain."""

    @property
    def ok(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
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
    # A log is no terminal and has no width of its own: give it room for whole lines.
    console.print(table, width=None if console.is_terminal else 150)


def number(value: float) -> str:
    """Three significant digits, as people write them."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if abs(value) >= 0.001 else f"{value:.2g}"


def save(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures as JSON, with the machine they were measured on."""
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
    }
    rows = [asdict(figure) | {"ok": figure.ok} for figure in figures]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False) + "\n")
