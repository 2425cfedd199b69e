"""Fixtures for the interpreter's own tests."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _short_collections():
    """These tests collect garbage, three times each: leave out what other tests have left behind."""
    gc.collect()
    gc.freeze()
