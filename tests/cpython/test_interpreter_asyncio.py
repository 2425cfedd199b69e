"""The interpreter's own asyncio tests on a simulated kernel: streams, socket calls, servers, waiting."""

from __future__ import annotations

import logging

import pytest

from tests.cpython.asyncio_suite import MODULES, installed, names, run
from tests.cpython.left_out_asyncio import LEFT_OUT, reason
from tests.cpython.suite import MISSING

NAMES = names() if installed() else []
RUN = [name for name in NAMES if reason(name) is None]


@pytest.fixture(autouse=True)
def _quiet():
    """Switch logging off: the tests provoke errors."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_the_interpreter_s_own_asyncio_tests_are_installed() -> None:
    assert installed(), MISSING


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", RUN)
def test_it_passes_on_the_simulated_kernel(name: str) -> None:
    result = run(name)
    told = [text for _, text in (*result.errors, *result.failures, *result.skipped)]
    assert (result.testsRun, told) == (1, [])


def test_every_test_that_is_left_out_exists() -> None:
    known = {*NAMES, *(name.rpartition(".")[0] for name in NAMES)}
    assert sorted(set(LEFT_OUT) - known) == []


def test_nothing_else_is_left_out() -> None:
    assert {name.partition(".")[0] for name in RUN} == set(MODULES)
    assert len(RUN) >= 350
