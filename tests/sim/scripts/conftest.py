"""A fixture that makes scripts and ends them with the test."""

from __future__ import annotations

import pytest

from tests.support.script_files import Written


@pytest.fixture
def script_of(tmp_path):
    started = []

    def start(source, **given):
        program = Written(tmp_path, source)
        script = program.start(**given)
        started.append(script)
        return program, script

    yield start
    for script in started:
        script.close()
