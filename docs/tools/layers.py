"""Draws the layers of the two packages from the contracts that ``lint-imports`` checks.

The drawings and the contracts cannot disagree: ``docs/assets/layers-sim.svg`` and ``layers-c10k_tui.svg`` are
written from ``[tool.importlinter]`` in ``pyproject.toml``. A layer may import the layers below it. Rooms side
by side in one layer do not import each other.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("sim", "c10k_tui")
COLOURS = ("#0b66a8", "#1a7fb8", "#2a8f9d", "#2f8f6b", "#6d8b2f", "#9a7d1e", "#a8642a", "#8d4a4a", "#6a4f7d")
"""Fill of each layer from the top, repeated if there are more; white text reads well on all of them."""
WIDTH, HEIGHT, GAP = 640, 40, 10
"""Width of the drawing, height of a layer, and gap between two boxes, in pixels."""


def layers_of(package: str) -> list[list[str]]:
    """The rooms of a package from the top layer down; a layer lists the rooms that are side by side.

    Raises:
        LookupError: no contract states the layers of this package.
    """
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings.get("tool", {}).get("importlinter", {}).get("contracts", [])
    for contract in contracts:
        if contract.get("type") == "layers" and (found := _own_layers(contract, package)):
            return found
    raise LookupError(f"no contract states the layers of {package}")


def drawing(package: str) -> str:
    """The layers of a package as an SVG picture."""
    layers = layers_of(package)
    tall = len(layers) * (HEIGHT + GAP) - GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" '
        f'height="{tall}" font-family="system-ui, sans-serif" font-size="15" text-anchor="middle" '
        'role="img">',
        f"<title>The layers of {package}: each may import what stands below it</title>",
    ]
    for number, rooms in enumerate(layers):
        y = number * (HEIGHT + GAP)
        wide = (WIDTH - GAP * (len(rooms) - 1)) / len(rooms)
        for at, room in enumerate(rooms):
            x = at * (wide + GAP)
            parts.append(
                f'<rect x="{x:g}" y="{y}" width="{wide:g}" height="{HEIGHT}" rx="6" '
                f'fill="{COLOURS[number % len(COLOURS)]}"/>'
            )
            parts.append(f'<text x="{x + wide / 2:g}" y="{y + 26}" fill="#ffffff">{room}</text>')
    return "\n".join((*parts, "</svg>", ""))


def in_words(package: str) -> str:
    """The layers in one line, from the top down."""
    return " → ".join(", ".join(rooms) for rooms in layers_of(package))


def path_of(package: str) -> Path:
    """Path of a package's drawing."""
    return ROOT / "docs" / "assets" / f"layers-{package}.svg"


def _own_layers(contract: dict[str, object], package: str) -> list[list[str]]:
    """The layers of a contract without the package's name; empty if it is about another package."""
    containers = contract.get("containers", [])
    lines = contract.get("layers", [])
    assert isinstance(containers, list)
    assert isinstance(lines, list)
    found = []
    for line in lines:
        rooms = [room.strip().strip("()") for room in re.split(r"[|:]", str(line))]
        if containers != [package] and not all(room.startswith(f"{package}.") for room in rooms):
            return []
        found.append([room.removeprefix(f"{package}.") for room in rooms])
    return found
