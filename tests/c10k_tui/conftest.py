"""Fixtures for the tests of the program: parsed style sheets and computed tables."""

import pytest

from tests.support.known_studies import shared_studies
from tests.support.parsed_style_sheets import shared_style_sheets


@pytest.fixture(scope="session")
def _stand_ins():
    return [*shared_style_sheets(), *shared_studies()]


@pytest.fixture(autouse=True)
def _nothing_computed_twice(monkeypatch, _stand_ins):
    """Only for this folder: the tests of the studies compute everything themselves."""
    for owner, name, value in _stand_ins:
        monkeypatch.setattr(owner, name, value)
