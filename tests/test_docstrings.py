"""Docstrings say what a thing is: none opens as a question ("What …", "Whether …", "Why …")."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORDS = ("What", "How", "Whether", "Where", "Who", "Whose", "Whom", "Why", "Which", "Those")
OPENS_AS_A_QUESTION = re.compile(rf'^[ \t]*(?:r?"""\s*|#: ?)(?:{"|".join(WORDS)})\b.*', re.MULTILINE)
"""A docstring of a module, class, function or attribute, or a ``#:`` comment, that opens with one of them."""


@pytest.mark.parametrize("folder", ["sim", "c10k_tui", "benchmarks", "docs", "examples", "tests"])
def test_no_docstring_opens_as_a_question(folder):
    found = [
        f"{path.relative_to(ROOT)}: {opening.strip()}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for opening in OPENS_AS_A_QUESTION.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ['"""What it is."""', '    r"""Whether it holds."""', '"""\nHow it works."""', "#: Who waits."]
)
def test_such_an_opening_is_found(text):
    assert OPENS_AS_A_QUESTION.search(f"limit = 5\n{text}\n")


@pytest.mark.parametrize(
    "text", ['"""True if it holds."""', '"""Whatsapp."""', "# What comes next is an inner comment."]
)
def test_other_openings_are_allowed(text):
    assert OPENS_AS_A_QUESTION.search(text) is None
