"""Price list of a race in wall time: what a recording may spend on each virtual nanosecond.

The prices are constants, so a recording advances by the same steps on every machine. A measured cost would
differ from machine to machine, and with it the recorded frames.
"""

from __future__ import annotations

from sim.scenario.scenario import Scenario

REQUEST_S = 12e-6
"""Price of a request in one lane; measured 2 to 15 µs (Python 3.11 on one core of 2020's)."""
RECONNECTION_S = 60e-6
"""Price of a connection that is replaced, in one lane."""
RACE_S_PER_S = 0.01
"""Price of a second in which nothing arrives."""


def cost_s_per_ns(scenario: Scenario) -> float:
    """What a virtual nanosecond of a scenario costs, in wall seconds of the price list."""
    per_lane = scenario.rate * REQUEST_S + scenario.churn * RECONNECTION_S + RACE_S_PER_S
    return per_lane * len(scenario.lanes) / 1e9
