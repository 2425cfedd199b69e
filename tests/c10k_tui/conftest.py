"""What the tests of the program share: parsed style sheets and computed tables."""

import pytest

from tests.support.known_studies import share_studies
from tests.support.parsed_style_sheets import share_parsed_style_sheets


@pytest.fixture(autouse=True, scope="session")
def _nothing_computed_twice():
    with pytest.MonkeyPatch.context() as patch:
        share_parsed_style_sheets(patch)
        share_studies(patch)
        yield
