"""The table of what the model leaves out: asking for each entry raises the error that the table names."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any

import pytest

import sim

PAGE = Path(__file__).parents[2] / "docs" / "model.md"
ROW = re.compile(
    r"^\| (?P<what>.+) \| .+ \| `(?P<asked>k\..+)` \| `(?P<kind>\w+)`(?: (?P<code>E\w+))? \|$", re.M
)
ROWS = [match.groupdict() for match in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["what"]) for row in ROWS])
def test_asking_for_it_raises_what_the_table_says(row: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        eval(row["asked"], {"k": sim.Kernel()})
    kinds = {kind.__name__ for kind in type(caught.value).__mro__}
    assert row["kind"] in kinds
    if row["code"]:
        assert caught.value.errno == getattr(errno, row["code"])  # type: ignore[attr-defined]


def test_every_row_of_the_table_is_read() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(ROWS) == len(lines) - 1 >= 15
