"""The interpreter's own test_epoll, test_poll, test_select and test_selectors on a simulated kernel."""

from __future__ import annotations

import threading

import pytest

from tests.cpython.left_out import LEFT_OUT, reason
from tests.cpython.suite import MISSING, MODULES, installed, names, run

NAMES = names() if installed() else []
RUN = [name for name in NAMES if reason(name) is None]


def test_the_interpreter_s_own_tests_are_installed() -> None:
    assert installed(), MISSING


@pytest.mark.parametrize("name", RUN)
def test_it_passes_on_the_simulated_kernel(name: str) -> None:
    result = run(name)
    told = [text for _, text in (*result.errors, *result.failures, *result.skipped)]
    assert (result.testsRun, told) == (1, [])


def test_every_test_that_is_left_out_exists() -> None:
    known = {*NAMES, *(name.rpartition(".")[0] for name in NAMES)}
    assert sorted(set(LEFT_OUT) - known) == []


def test_nothing_else_is_left_out() -> None:
    assert {*RUN, *(name for name in NAMES if reason(name))} == set(NAMES)
    assert {name.partition(".")[0] for name in RUN} == set(MODULES)
    assert len(RUN) >= 85


def test_no_thread_of_the_host_is_left() -> None:
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("Thread-")] == []
