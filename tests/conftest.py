"""Settings of all tests: the same examples each time, no time limits, and the built-in costs.

Every lane that a test runs is checked each time it stops.
"""

import gc
import signal

import pytest
from hypothesis import settings

from c10k_tui.cli.costs_file import ANOTHER_FILE
from sim.race.lane import Lane
from tests.support.lane_invariants import check_lane

# deadline=None: a slow machine is no defect. derandomize: a failure occurs again in the next run.
settings.register_profile("c10k", deadline=None, derandomize=True)
settings.load_profile("c10k")


gc.disable()  # until all tests are collected: what an import makes lives to the end

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts a job in the background with SIGINT ignored, and processes that tests start inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Leave the collected tests out of every later garbage collection: they live to the end anyway."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # apps and kernels make many objects; most go without the collector
    gc.enable()


def pytest_sessionfinish():
    """Collect the garbage once: pytest collects five times more, to hear of what was never awaited."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _every_lane_is_checked():
    """No lane of any test is idle while requests wait, and no number of its tasks is negative."""
    run_until = Lane.run_until

    def run_and_check(lane, until_ns):
        run_until(lane, until_ns)
        check_lane(lane)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lane, "run_until", run_and_check)
        yield


@pytest.fixture(autouse=True)
def _no_costs_of_the_user(monkeypatch, tmp_path_factory):
    """Ignore the user's own cost table, so that it does not change the results."""
    monkeypatch.setenv(ANOTHER_FILE, str(tmp_path_factory.getbasetemp() / "no-costs.json"))
