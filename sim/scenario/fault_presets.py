"""A race for each classic mistake, with a lane beside it that does not make the mistake.

Each fault appears within the first few bursts of packets. At the usual pace of the screen, that is within a
few seconds. It also appears often enough to be watched.
"""

from __future__ import annotations

from sim.scenario.faults import ACCEPT_ONE, BACKLOG, DUP, HERD, NO_DRAIN, NO_REARM, SLOW_READER
from sim.scenario.messages import N_
from sim.scenario.scenario import PRESETS, Scenario

FAULT_PRESETS: dict[str, tuple[str, Scenario]] = {
    NO_DRAIN: (
        N_("edge-triggered, not drained: what is left behind starves"),
        Scenario(fds=1_000, active=12, rate=80_000, burst=8, lanes=("epoll", "epoll-et"), fault=NO_DRAIN),
    ),
    NO_REARM: (
        N_("one-shot not re-armed: every connection speaks once"),
        Scenario(fds=1_000, active=20, burst=6, lanes=("pool", "epoll-oneshot"), fault=NO_REARM),
    ),
    HERD: (
        N_("the thundering herd: one connection wakes all workers"),
        Scenario(fds=1_000, churn=5_000, rate=2_000, lanes=("epoll", "epoll-exclusive"), fault=HERD),
    ),
    "herd-cured": (
        N_("its cure, EPOLLEXCLUSIVE: one is woken, two if one is busy"),
        Scenario(fds=1_000, churn=5_000, rate=2_000, lanes=("epoll", "epoll-exclusive")),
    ),
    "fd-setsize": (
        N_("the wall of select: fd 1,024 does not fit into an fd_set"),
        Scenario(fds=1_018, churn=2_000, rate=2_000, lanes=("select", "poll"), fd_setsize=True),
    ),
    DUP: (
        N_("closed, but its dup is alive: events for a dead number"),
        Scenario(fds=1_000, churn=500, rate=2_000, lanes=("poll", "epoll"), fault=DUP),
    ),
    ACCEPT_ONE: (
        N_("accept one, edge-triggered: the others wait in the queue"),
        Scenario(fds=1_000, churn=10_000, rate=2_000, lanes=("epoll", "epoll-et"), fault=ACCEPT_ONE),
    ),
    SLOW_READER: (
        N_("a slow reader fills its buffer: one waits, or everybody"),
        Scenario(
            fds=1_000,
            active=20,
            rate=8_000,
            burst=8,
            payload=20_000,
            lanes=("thread", "epoll"),
            fault=SLOW_READER,
        ),
    ),
    BACKLOG: (
        N_("a backlog overflows: who scans long accepts too late"),
        Scenario(fds=10_000, churn=20_000, rate=2_000, lanes=("select", "epoll"), fault=BACKLOG),
    ),
}
"""By name: a short description, and the scenario."""
ALL_PRESETS: dict[str, tuple[str, Scenario]] = PRESETS | FAULT_PRESETS
"""All names that ``--preset`` accepts."""
