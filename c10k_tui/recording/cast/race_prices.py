"""Price list of a race: the cost of a virtual nanosecond, in seconds of real time.

The prices are constants, so a recording advances by the same steps on every machine. Why not measure: costs
differ between machines, so the recorded frames would differ too.
"""

from __future__ import annotations

from sim.scenario.scenario import Scenario

REQUEST_S = 12e-6
"""Price in seconds of a request in one lane; measured 2 to 15 µs (Python 3.11, one core of a machine from
2020).
"""
RECONNECTION_S = 60e-6
"""Price in seconds of replacing a connection in one lane."""
RACE_S_PER_S = 0.01
"""Price in seconds of a virtual second in which no packet arrives."""


def cost_s_per_ns(scenario: Scenario) -> float:
    """Price of a virtual nanosecond of a scenario, in seconds of real time."""
    per_lane = scenario.rate * REQUEST_S + scenario.churn * RECONNECTION_S + RACE_S_PER_S
    return per_lane * len(scenario.lanes) / 1e9
