"""Writes the tables of rooms: each folder of a package, and what its docstring says lives there."""

from __future__ import annotations

import ast
from pathlib import Path

from docs.tools.layers import layers_of
from docs.tools.markdown import first_paragraph, table

ROOT = Path(__file__).parents[2]


def room_table(package: str) -> str:
    """The rooms of a package from the top layer down; rooms that no layer names stand last."""
    named = [room.replace(".", "/") for layer in layers_of(package) for room in layer]
    found = sorted(path.parent.name for path in (ROOT / package).glob("*/__init__.py"))
    rooms = [
        *named,
        *(room for room in found if not any(f"{name}/".startswith(f"{room}/") for name in named)),
    ]
    return table(
        ("room", "what lives there"),
        [(f"`{package}/{room}/`", _words(ROOT / package / room)) for room in rooms],
    )


def _words(folder: Path) -> str:
    """The first paragraph of a package's docstring."""
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    return first_paragraph(ast.get_docstring(ast.parse(text)) or "")
