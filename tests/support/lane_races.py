"""Races of any lanes at any moment, as input for tests of properties of the views."""

from __future__ import annotations

from hypothesis import strategies as st

from sim.frames.frame import Frame
from sim.race.race import Race
from sim.scenario.faults import FAULTS, SLOW_READER
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Active, Scenario, Share

LANE_NAMES = tuple(LANES)

ACTIVE: tuple[Active, ...] = (1, Share(1_000), Share(10_000))
NO_FLASH_NS = 1
"""Virtual nanoseconds per wall second, so few that every flash and glow ends at once."""


@st.composite
def frames(draw: st.DrawFn, least: int = 1) -> Frame:
    """A race of one to four lanes, at one of its moments; the frame has the newest records only."""
    lanes = draw(st.lists(st.sampled_from(LANE_NAMES), min_size=least, max_size=4, unique=True))
    faults = [
        "",
        "",
        *(name for name in FAULTS if name != SLOW_READER or all(LANES[lane].writes_block for lane in lanes)),
    ]
    active = draw(st.sampled_from(ACTIVE))
    scenario = Scenario(
        fds=draw(st.sampled_from((1, 16, 300, 2_000))),
        active=active,
        rate=draw(st.sampled_from((0, 2_000, 20_000, 300_000))),
        burst=draw(st.sampled_from((1, 3, 40))),
        churn=draw(st.sampled_from((0, 0, 2_000))),
        lanes=tuple(lanes),
        fault=draw(st.sampled_from(faults)),
    )
    race = Race(scenario)
    moment_ns = draw(st.integers(0, 6_000_000))
    race.advance(moment_ns // 2)
    race.frame()
    race.advance(moment_ns)
    return race.frame()
