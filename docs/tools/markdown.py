"""Markdown tables that GitHub and MkDocs show alike."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a line for each row."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def first_paragraph(docstring: str) -> str:
    """The first paragraph of a docstring in one line, its markup turned into Markdown."""
    words = " ".join(docstring.split("\n\n", maxsplit=1)[0].split())
    words = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", words)
    return words.replace("``", "`")


def _cell(text: str) -> str:
    """A cell's text; a bar in it is written so that it ends no cell, between backticks too."""
    if "|" not in text:
        return text
    text = re.sub(r"`([^`]*\|[^`]*)`", lambda code: f"<code>{html.escape(code[1], quote=False)}</code>", text)
    return text.replace("|", "&#124;")
