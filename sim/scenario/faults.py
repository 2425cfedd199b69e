"""The classic mistakes, each a switch: what the program does wrong, or what is done to it.

A fault changes one thing in one server (:mod:`sim.servers.faulty`), in a client, or in a setting. That
it *strikes* is told by the kernel's state alone (:mod:`sim.race.faults.diagnosis`), never by the switch: the
same warning comes where the same thing happens without it.
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
"""Name of each switch, and what it does."""
FD_SETSIZE: Final = "fd-setsize"
MEMORY: Final = "memory"
FAILED: Final = "failed"
STRIKING = (*FAULTS, FD_SETSIZE, MEMORY, FAILED)
"""All that can be seen to go wrong, the switches' own consequences first."""
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
"""What a program does instead."""
CURED: dict[str, str] = {
    NO_DRAIN: "it reads until EAGAIN",
    NO_REARM: "it arms what it has served",
    HERD: "it watches with EPOLLEXCLUSIVE",
    DUP: "no dup is left open",
    ACCEPT_ONE: "it accepts until EAGAIN",
    SLOW_READER: "all clients read at once",
    BACKLOG: "the accept queue holds 4,096",
}
"""What is so without the mistake."""
SHORT_BACKLOG = 5
"""listen(fd, 5): what programs passed when it was the most BSD took."""
