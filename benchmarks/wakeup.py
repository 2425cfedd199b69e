"""The cost of a wake-up in the epoll lane with a million descriptors and with a thousand."""

from __future__ import annotations

from benchmarks.report import Figure
from benchmarks.timing import rivals_ns
from sim.race.race import Race
from sim.scenario.scenario import Scenario

FEW, MANY = 1_000, 1_000_000
STEP_NS = 200_000_000
LIMIT = 1.5


def figures() -> list[Figure]:
    """The ratio in wall time and in virtual time."""
    races = [Race(Scenario(fds=fds, lanes=("epoll",))) for fds in (FEW, MANY)]

    def job(race: Race) -> None:
        race.advance(race.now_ns + STEP_NS)

    few_ns, many_ns = rivals_ns(lambda: job(races[0]), lambda: job(races[1]), repetitions=9)
    few, many = (race.frame().lanes[0].counters for race in races)
    per_step = few.wakeups / (races[0].now_ns / STEP_NS)
    virtual = [counters.wait_ns / counters.wakeups for counters in (few, many)]
    note = f"{few_ns / per_step / 1000:.2f} and {many_ns / per_step / 1000:.2f} µs of wall time"
    return [
        Figure("simulating an epoll wake-up: 1,000,000 fds ÷ 1,000", many_ns / few_ns, "×", LIMIT, note=note),
        Figure(
            "an epoll wake-up in virtual time: 1,000,000 fds ÷ 1,000",
            virtual[1] / virtual[0],
            "×",
            LIMIT,
            note=f"{virtual[0]:,.0f} and {virtual[1]:,.0f} virtual ns",
        ),
    ]
