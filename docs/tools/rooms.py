"""Writes the tables of rooms: each folder of a package, and the first paragraph of its docstring."""

from __future__ import annotations

import ast
from pathlib import Path

from docs.tools.layers import layers_of
from docs.tools.markdown import first_paragraph, table

ROOT = Path(__file__).parents[2]


def room_table(package: str) -> str:
    """The rooms of a package from the top layer down; rooms that no layer names come last."""
    named = [room.replace(".", "/") for layer in layers_of(package) for room in layer]
    parents = {room.partition("/")[0] for room in named if "/" in room}
    folders = [path.parent for path in (ROOT / package).glob("*/__init__.py")]
    folders += [path.parent for parent in parents for path in (ROOT / package / parent).glob("*/__init__.py")]
    found = sorted(str(folder.relative_to(ROOT / package)) for folder in folders)
    rooms = [*named, *(room for room in found if room not in named and room not in parents)]
    return table(("room", "what lives there"), [_row(package, room) for room in rooms])


def _row(package: str, room: str) -> tuple[str, str]:
    """A row for a room, or for a module beside the rooms: its name and the first paragraph of its
    docstring.
    """
    path = ROOT / package / room
    shown, file = (
        (f"{room}/", path / "__init__.py") if path.is_dir() else (f"{room}.py", path.with_suffix(".py"))
    )
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return f"`{package}/{shown}`", first_paragraph(docstring)
