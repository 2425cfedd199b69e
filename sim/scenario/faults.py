"""The classic mistakes of servers. Each is a switch of a scenario.

A fault changes one thing: in one server (:mod:`sim.servers.faulty`), in a client, or in a setting. Warnings
do not read the switch. They read the state of the kernel (:mod:`sim.race.faults.diagnosis`), so the same
warning appears where the same thing happens without the switch.
"""

from __future__ import annotations

from typing import Final

NO_DRAIN: Final = "no-drain"
NO_REARM: Final = "no-rearm"
HERD: Final = "herd"
DUP: Final = "dup"
ACCEPT_ONE: Final = "accept-one"
SLOW_READER: Final = "slow-reader"
BACKLOG: Final = "backlog"

FAULTS: dict[str, str] = {
    NO_DRAIN: "epoll-et reads one request for each event instead of reading until EAGAIN",
    NO_REARM: "epoll-oneshot does not arm a descriptor again after serving it",
    HERD: "epoll-exclusive watches the listening socket without EPOLLEXCLUSIVE",
    DUP: "epoll closes a connection of which a dup is still open",
    ACCEPT_ONE: "epoll-et accepts one connection for each event instead of accepting until EAGAIN",
    SLOW_READER: "one client reads its answers slowly: who writes to it with calls that block, waits",
    BACKLOG: "the listening sockets have room for 5 connections only",
}
"""The change that each switch makes, in words, by name."""
FD_SETSIZE: Final = "fd-setsize"
MEMORY: Final = "memory"
FAILED: Final = "failed"
STRIKING = (*FAULTS, FD_SETSIZE, MEMORY, FAILED)
"""Names of everything that a warning can report: first the switches, then failures that need no switch."""
CURES: dict[str, str] = {
    NO_DRAIN: "read until EAGAIN",
    NO_REARM: "EPOLL_CTL_MOD after serving",
    HERD: "watch with EPOLLEXCLUSIVE",
    DUP: "EPOLL_CTL_DEL before close()",
    ACCEPT_ONE: "accept until EAGAIN",
    SLOW_READER: "wait for POLLOUT, not in write()",
    BACKLOG: "a longer backlog in listen()",
    FD_SETSIZE: "poll and epoll have no such limit",
    MEMORY: "fewer connections, or less memory for each",
    FAILED: "start again",
}
"""The way in which a correct program works instead, in words, by name."""
CURED: dict[str, str] = {
    NO_DRAIN: "it reads until EAGAIN",
    NO_REARM: "it arms what it has served",
    HERD: "it watches with EPOLLEXCLUSIVE",
    DUP: "no dup is left open",
    ACCEPT_ONE: "it accepts until EAGAIN",
    SLOW_READER: "all clients read at once",
    BACKLOG: "the accept queue holds 4,096",
}
"""A sentence that is true of a race without the mistake, by name."""
SHORT_BACKLOG = 5
"""The backlog of ``listen(fd, 5)``: the largest that early BSD accepted, and so the usual argument."""
