"""The measurement of asyncio's event loop gives a message if it cannot be made."""

from __future__ import annotations

import socket

import pytest

from sim.host.measuring import asyncio_costs
from sim.host.measuring.measurement import CannotMeasure


def test_a_request_without_an_answer_is_named():
    with asyncio_costs.connections() as ends:

        def turns() -> None:
            for end in ends[1]:
                end.shutdown(socket.SHUT_WR)

        with pytest.raises(CannotMeasure, match="not answered in two turns"):
            asyncio_costs._samples(ends, 1, turns)
