"""Published experiments: their printed figures, and the same experiments on our cost table.

Each paper measured one *unit* of work, and the units differ. Kerrisk's unit is one wait in which one
descriptor is ready. The unit of libevent's benchmark is one event through its loop. Gammo's and Banga's unit
is a whole HTTP request at full load. A figure is kept as it was printed and converted to nanoseconds a unit.
Our side of the comparison is a wake-up of the simulated kernel (:func:`sim.studies.benchmark.simulated_ns`).
If the unit is a request, our side is a request's share of a wake-up, plus the rest of the cost of a request.
We cannot know this rest. It is taken from the paper's own figure for the mechanism that does not scan. So the
comparison shows the *growth* with idle connections, and never the speed of the machine.

Simplified: a rebuilt request is one wake-up that finds :attr:`Paper.ready` requests. The papers do not give
the number of requests found together; :func:`implied_ready` gives the number that would lead to their figure.

Why not scale our table until the curves meet? A free factor would make any two curves meet at one point, and
the comparison would say less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from sim.host.measuring.points import MECHANISMS, Point
from sim.scenario.scenario import Scenario, Share

CostOf = Callable[[Point], int]
"""Cost of one wake-up in ns, such as :func:`sim.studies.benchmark.simulated_ns` with a cost table."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure of a paper."""

    mechanism: str
    """Our mechanism that it is compared with: ``select``, ``poll`` or ``epoll``."""
    fds: int
    """Descriptors watched, including busy ones."""
    cost_ns: int
    """Nanoseconds per unit."""
    printed: str
    """The figure as printed: ``990 s``, ``1291 requests/s``."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A published experiment."""

    key: str
    title: str
    """Author and year, short enough for a heading."""
    reference: str
    setup: str
    unit: str
    """Content of one figure, and its conversion to nanoseconds."""
    published: tuple[PublishedFigure, ...]
    causes: tuple[str, ...]
    """Likely reasons for the distance of our curve."""
    scenario: Scenario
    """The same situation as a race."""
    fds_range: tuple[int, int]
    """Fewest and most descriptors of the experiment, including those without a printed figure."""
    ready: int = 1
    """Descriptors that are ready at each wake-up of the rebuilt experiment."""
    baseline: PublishedFigure | None = None
    """Figure that the rest of a request is taken from; None if the unit is no request."""

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """Mechanisms with a figure in the paper, in the order of the lanes."""
        return tuple(name for name in MECHANISMS if any(one.mechanism == name for one in self.published))


@dataclass(frozen=True, slots=True)
class Difference:
    """A published figure beside ours for the same point."""

    published: PublishedFigure
    ours_ns: int

    @property
    def factor(self) -> float:
        """Their figure over ours: above 1, theirs took longer."""
        return self.published.cost_ns / self.ours_ns


def rest_ns(paper: Paper, cost_of: CostOf) -> int:
    """Cost in ns of a unit without its wait: 0 if the unit is a wait, and never negative."""
    base = paper.baseline
    if base is None:
        return 0
    return max(0, base.cost_ns - _wait_ns(paper, base.mechanism, base.fds, cost_of))


def ours_ns(paper: Paper, mechanism: str, fds: int, cost_of: CostOf) -> int:
    """Cost in ns of one unit of the paper's work on our cost table."""
    return rest_ns(paper, cost_of) + _wait_ns(paper, mechanism, fds, cost_of)


def _wait_ns(paper: Paper, mechanism: str, fds: int, cost_of: CostOf) -> int:
    """A unit's share in ns of the wake-up that reports it."""
    return cost_of(Point(mechanism, fds, paper.ready, "ready")) // paper.ready


def differences(paper: Paper, cost_of: CostOf) -> tuple[Difference, ...]:
    """Every published figure beside ours."""
    return tuple(Difference(one, ours_ns(paper, one.mechanism, one.fds, cost_of)) for one in paper.published)


def slopes_ns(paper: Paper, mechanism: str, cost_of: CostOf) -> tuple[tuple[float, float], ...]:
    """Cost in ns of one more descriptor between neighbouring figures: (theirs, ours) for each pair."""
    found = sorted(
        (one.published.fds, one.published.cost_ns, one.ours_ns)
        for one in differences(paper, cost_of)
        if one.published.mechanism == mechanism
    )
    return tuple(
        ((theirs1 - theirs0) / (fds1 - fds0), (ours1 - ours0) / (fds1 - fds0))
        for (fds0, theirs0, ours0), (fds1, theirs1, ours1) in pairwise(found)
    )


def implied_ready(paper: Paper, one: PublishedFigure, cost_of: CostOf) -> float | None:
    """Number of requests per wake-up with which our table would give this figure.

    None if the unit is no request, or if the figure leaves no time for the wait.
    """
    share_ns = one.cost_ns - rest_ns(paper, cost_of)
    if paper.baseline is None or share_ns <= 0:
        return None
    return cost_of(Point(one.mechanism, one.fds, 1, "ready")) / share_ns


def _table(
    fds: tuple[int, ...], rows: dict[str, tuple[float, ...]], unit_ns: int, unit: str
) -> tuple[PublishedFigure, ...]:
    """A printed table: a row of figures for each mechanism, each worth ``unit_ns``."""
    return tuple(
        PublishedFigure(name, count, round(figure * unit_ns), f"{figure:,g} {unit}")
        for name, figures in rows.items()
        for count, figure in zip(fds, figures, strict=True)
    )


def _per_request(mechanism: str, fds: int, requests_per_s: float, printed: str) -> PublishedFigure:
    return PublishedFigure(mechanism, fds, round(1_000_000_000 / requests_per_s), printed)


_KERRISK_FDS = (10, 100, 1_000, 10_000)
_ONE_AT_RANDOM = Share(10_000)
"""All may send, one at a time: the ready descriptor is a random one."""

KERRISK = Paper(
    key="kerrisk",
    title="Kerrisk 2010",
    reference="M. Kerrisk, The Linux Programming Interface, No Starch Press 2010, chapter 63",
    setup="10 to 10,000 descriptors, one of them at random ready at each call",
    unit="one of 100,000 monitoring operations: CPU seconds ÷ 100,000",
    published=_table(
        _KERRISK_FDS,
        {
            "select": (0.73, 3.0, 35, 930),
            "poll": (0.61, 2.9, 35, 990),
            "epoll": (0.41, 0.42, 0.53, 0.66),
        },
        10_000,
        "s",
    ),
    causes=(
        "his operation may contain more than ours, which is the call alone: making a descriptor ready, "
        "picking it out of the result",
        "a machine and a kernel of before 2010",
    ),
    scenario=Scenario(fds=10_000, active=_ONE_AT_RANDOM, rate=1_000, burst=1, lanes=MECHANISMS),
    fds_range=(10, 10_000),
)

KERRISK_SLIDES = Paper(
    key="kerrisk-slides",
    title="Kerrisk 2006",
    reference="M. Kerrisk, slides on Linux 2.6 at linux.conf.au 2006",
    setup="10 to 10,000 descriptors, one of them at random ready at each call",
    unit="one of 100,000 monitoring operations: seconds ÷ 100,000",
    published=_table(
        _KERRISK_FDS,
        {
            "select": (1.28, 7.1, 151, 1087),
            "poll": (1.12, 6.8, 157, 1750),
            "epoll": (0.65, 0.68, 0.89, 0.97),
        },
        10_000,
        "s",
    ),
    causes=(
        "his operation may contain more than ours, which is the call alone: making a descriptor ready, "
        "picking it out of the result",
        "a machine of before 2006 and an early kernel 2.6",
    ),
    scenario=Scenario(fds=10_000, active=_ONE_AT_RANDOM, rate=1_000, burst=1, lanes=MECHANISMS),
    fds_range=(10, 10_000),
)

_GAMMO_BUSY = 100
_GAMMO_PER_S = 22_000

GAMMO = Paper(
    key="gammo",
    title="Gammo et al. 2004",
    reference="Gammo, Brecht, Shukla, Pariag, Comparing and Evaluating epoll, select, and poll Event "
    "Mechanisms, OLS 2004",
    setup=f"µserver under HTTP load, 0 or 10,000 idle connections; {_GAMMO_BUSY} busy ones are assumed here",
    unit=f"the CPU time of one request, {_GAMMO_PER_S:,} requests/s assumed for 0 idle; up to 79 % of "
    "throughput lost is 4.8 times that",
    published=(
        *(_per_request(name, _GAMMO_BUSY, _GAMMO_PER_S, "alike with 0 idle") for name in MECHANISMS),
        *(
            _per_request(name, 10_000 + _GAMMO_BUSY, _GAMMO_PER_S * 0.21, "up to −79 %")
            for name in ("select", "poll")
        ),
    ),
    causes=(
        "how many requests one of their calls brought is not printed; here it is one",
        "16 % of their CPU went into epoll_ctl, which our wake-up does not contain",
    ),
    scenario=Scenario(
        fds=10_000 + _GAMMO_BUSY, active=_GAMMO_BUSY, rate=_GAMMO_PER_S, burst=1, lanes=MECHANISMS
    ),
    fds_range=(_GAMMO_BUSY, 10_000 + _GAMMO_BUSY),
    baseline=_per_request("epoll", _GAMMO_BUSY, _GAMMO_PER_S, "alike with 0 idle"),
)

_BANGA_HOT, _BANGA_COLD = 32, 750
_BANGA_FDS = _BANGA_HOT + _BANGA_COLD
_BANGA_NEW = _per_request("epoll", _BANGA_FDS, 1348, "1348 requests/s")

BANGA = Paper(
    key="banga",
    title="Banga et al. 1999",
    reference="Banga, Mogul, Druschel, A Scalable and Explicit Event Delivery Mechanism for UNIX, "
    "USENIX 1999",
    setup=f"500 MHz Alpha, {_BANGA_HOT} hot and 0 to 2000 cold connections, files of 1 KB; printed for "
    f"{_BANGA_COLD} cold. Their new event API, flat in the cold ones, is laid over epoll",
    unit="the CPU time of one request at full load: 1 s ÷ requests a second",
    published=(_per_request("select", _BANGA_FDS, 1291, "1291 requests/s"), _BANGA_NEW),
    causes=(
        "an Alpha of 500 MHz takes longer for each look than a machine of today",
        "with 32 hot connections one of their calls brought several requests; here it brings one",
        "their select is Digital UNIX's, not Linux's",
    ),
    scenario=Scenario(
        fds=_BANGA_FDS, active=_BANGA_HOT, rate=1_350, burst=1, payload=1_024, lanes=("select", "epoll")
    ),
    fds_range=(_BANGA_HOT, _BANGA_HOT + 2_000),
    baseline=_BANGA_NEW,
)

LIBEVENT = Paper(
    key="libevent",
    title="libevent's bench",
    reference="libevent, test/bench.c, run on a 2-core machine: -a 1 -w 100",
    setup="100 and 9,900 socketpairs, one active at a time, 100 chained writes a run",
    unit="one of a run's 100 events: µs of a run ÷ 100",
    published=_table(
        (100, 9_900),
        {"select": (789, 330_000), "poll": (756, 90_396), "epoll": (307, 523)},
        10,
        "µs",
    ),
    causes=(
        "its event is a read, a write and libevent's own loop as well as the call",
        "its select and poll back ends walk all results in the program too",
        "a socketpair costs more to ask than the eventfds that our tables price",
    ),
    scenario=Scenario(fds=9_900, active=_ONE_AT_RANDOM, rate=1_000, burst=1, lanes=MECHANISMS),
    fds_range=(100, 9_900),
)

PAPERS: tuple[Paper, ...] = (KERRISK, KERRISK_SLIDES, GAMMO, BANGA, LIBEVENT)
"""The papers, in the order in which the screen shows them."""
