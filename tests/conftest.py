"""Settings for all tests: the same examples each time, no limit by the clock, and the built-in costs."""

import gc

import pytest
from hypothesis import settings

from c10k_tui.cli.costs_file import ANOTHER_FILE

# deadline=None: a slow machine is no defect. derandomize: a failure can be repeated.
settings.register_profile("c10k", deadline=None, derandomize=True)
settings.load_profile("c10k")


def pytest_collection_finish():
    """Exclude the collected tests from later garbage collections: they live until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # reference counts free most objects of apps and kernels


@pytest.fixture(autouse=True)
def _no_costs_of_the_user(monkeypatch, tmp_path_factory):
    """Hide the user's own cost table: a calibration must not change the results of the tests."""
    monkeypatch.setenv(ANOTHER_FILE, str(tmp_path_factory.getbasetemp() / "no-costs.json"))
