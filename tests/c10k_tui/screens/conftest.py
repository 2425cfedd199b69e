"""Fixtures for the tests of the screens: the screens are drawn when a test reads them."""

import pytest

from tests.support.drawn_when_read import drawn_when_read


@pytest.fixture(autouse=True, scope="package")
def _drawn_when_read():
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, value in drawn_when_read():
            patch.setattr(owner, name, value)
        yield
