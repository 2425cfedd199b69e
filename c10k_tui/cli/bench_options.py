"""The options of ``c10k-tui bench``, checked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from c10k_tui.cli.options import UsageError
from sim.host.measuring.points import FDS_LIMIT, MECHANISMS, WAITS, Point, points
from sim.scenario.scenario import Active, parse_active
from sim.scenario.units import parse_count

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """The options of one call of ``c10k-tui bench``."""

    fds: tuple[int, ...]
    active: tuple[Active, ...]
    mechanisms: tuple[str, ...]
    waits: tuple[str, ...]
    form: str
    """``table``, ``json`` or ``csv``."""
    host: bool
    """True to measure this machine's kernel; False to simulate only."""
    svg: Path | None
    """File for the curves; None for no curves."""

    def points(self) -> list[Point]:
        """The points to simulate and measure, in the order of the table."""
        return points(self.fds, self.active, self.mechanisms, self.waits)


def bench_options_of(options: argparse.Namespace) -> BenchOptions:
    """Check the parsed options.

    Raises:
        UsageError: a value is not valid, or two options contradict each other.
    """
    if options.words:
        raise UsageError(f"bench takes options only, not {options.words[0]!r}; see c10k-tui bench --help")
    if options.json and options.csv:
        raise UsageError("choose one of --json and --csv")
    if options.wait not in (*WAITS, "both"):
        raise UsageError(f"--wait: there is no {options.wait!r}; choose from {', '.join(WAITS)}, both")
    return BenchOptions(
        fds=_listed("--fds", options.fds, _fds),
        active=_listed("--active", options.active, _active),
        mechanisms=_listed("--mechanisms", options.mechanisms, _mechanism),
        waits=WAITS if options.wait == "both" else (options.wait,),
        form="json" if options.json else "csv" if options.csv else "table",
        host=not options.no_host,
        svg=None if options.svg is None else Path(options.svg),
    )


def _listed(option: str, text: str, parse_item: Callable[[str], Item]) -> tuple[Item, ...]:
    """The items of a comma-separated list, without duplicates."""
    words = [word.strip() for word in text.split(",")]
    if not any(words):
        raise UsageError(f"{option} needs at least one value")
    try:
        return tuple(dict.fromkeys(parse_item(word) for word in words if word))
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def _fds(word: str) -> int:
    fds = parse_count(word)
    if not 1 <= fds <= FDS_LIMIT:
        raise ValueError(f"must be 1 to {FDS_LIMIT:,}, not {fds:,}")
    return fds


def _active(word: str) -> Active:
    active = parse_active(word)
    if isinstance(active, int) and active < 1:
        raise ValueError("at least one descriptor must be ready")
    if not isinstance(active, int) and not 1 <= active.basis_points <= 10_000:
        raise ValueError(f"must be 0.01% to 100%, not {active}")
    return active


def _mechanism(word: str) -> str:
    if word not in MECHANISMS:
        raise ValueError(f"there is no {word!r}; choose from {', '.join(MECHANISMS)}")
    return word
