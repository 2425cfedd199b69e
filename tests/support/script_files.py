"""Scripts for tests: written to a file, with marks by which a test finds their lines."""

from __future__ import annotations

import re
import textwrap

import pytest

from sim.scripts.script import Script
from sim.scripts.script_error import ScriptError


class Written:
    """A script in a file, whose lines are marked ``#: name``."""

    def __init__(self, folder, source, name="program.py"):
        self.path = folder / name
        self.source = textwrap.dedent(source)
        self.path.write_text(self.source, encoding="utf-8")

    def line(self, mark):
        """The number of the line with a mark."""
        lines = [
            number
            for number, text in enumerate(self.source.splitlines(), 1)
            if re.search(rf"#: {mark}$", text)
        ]
        assert len(lines) == 1, mark
        return lines[0]

    def place(self, mark, function):
        """A place in the form used by messages."""
        return f"{self.path.name}:{self.line(mark)} in {function}"

    def start(self, **given):
        return Script(self.path, **given)


def failure(script, **given):
    with pytest.raises(ScriptError) as caught:
        script.run(**given)
    return caught.value
