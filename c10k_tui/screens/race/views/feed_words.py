"""What a packet caused in a lane, in words: a table for each way of being told.

Each answer is said three or four times, in at most 38, 19, 11 and six cells.
"""

from __future__ import annotations

from sim.machine.records import DropReason, Effect
from sim.scenario.scenario import SCANNING_LANES

Sizes = tuple[str, ...]
"""The same in fewer and fewer words."""
_CELLS = (38, 19, 11)
"""Room for the longest, for the next ones."""
Table = dict[int, Sizes]
"""By effect; the first whose bits are all there is said, so the more there are, the earlier it stands."""

_SCAN: Table = {
    Effect.WOKE_SCAN: ("woke the sleeper: it scans all again", "woke it: scans all", "woke"),
    Effect.SCAN_BEHIND: ("behind the scan: missed until the next", "behind scan: missed", "missed"),
    Effect.SCAN_AHEAD: ("ahead of the scan: it will be found", "ahead of the scan", "ahead"),
    Effect.NOBODY: ("nobody was waiting", "nobody waiting", "nobody"),
}


def _own_task(task: str) -> Table:
    """Each connection has a task of its own."""
    return {
        Effect.WOKE_TASK: (f"woke its {task}, asleep in the call", f"woke its {task}", "woke"),
        Effect.NOBODY: (f"its {task} is awake and will find it", "awake: will find it", "awake"),
    }


def _listed(who: str, brief: str, nobody: Sizes) -> Table:
    """There is a ready list; ``who`` waits in epoll_wait."""
    return {
        Effect.READY_LIST | Effect.WOKE_EPOLL: (
            f"→ ready list, woke {who}",
            f"→ list, woke {brief}",
            "→ list woke",
            "→ woke",
        ),
        Effect.ALREADY_LISTED | Effect.WOKE_EPOLL: (
            f"already on the list, woke {who}",
            f"listed, woke {brief}",
            "woke",
        ),
        Effect.READY_LIST: ("→ ready list", "→ ready list", "→ list"),
        Effect.ALREADY_LISTED: ("already on the ready list", "already on it", "listed"),
        Effect.NOBODY: nobody,
    }


_NOBODY: Sizes = ("nobody was waiting", "nobody waiting", "nobody")
_DISARMED: Sizes = ("nobody is told until it is armed again", "not armed", "nobody")
_EPOLL = _listed("epoll_wait", "epoll", _NOBODY)
_FILTERS: Table = {
    Effect.KNOTE | Effect.WOKE_WAITER: ("filter ran → queue, woke kevent", "→ queue, woke it", "→ woke"),
    Effect.KNOTE_AGAIN: ("filter ran, queued already", "queued already", "queued"),
    Effect.KNOTE: ("filter ran → queue", "→ queue", "→ queue"),
    Effect.NOBODY: ("no filter is on it", "no filter on it", "nobody"),
}


def _ring(nobody: Sizes) -> Table:
    """An io_uring: its task is told by task work."""
    return {
        Effect.TASK_WORK | Effect.WOKE_WAITER: ("→ task work, woke the task", "→ work, woke it", "→ woke"),
        Effect.TASK_WORK_AGAIN: ("task work is queued already", "queued already", "queued"),
        Effect.TASK_WORK: ("→ task work", "→ task work", "→ work"),
        Effect.NOBODY: nobody,
    }


_NOT_STARTED: Sizes = ("nothing was started for it", "nothing started", "nobody")
_PORT: Table = {
    Effect.COMPLETED | Effect.WOKE_WAITER: (
        "into its buffer → port, woke a thread",
        "→ port, woke it",
        "→ port",
    ),
    Effect.COMPLETED: ("into its buffer → port", "→ port", "→ port"),
    Effect.NOBODY: _NOT_STARTED,
}
_TABLES: dict[str, Table] = {
    **dict.fromkeys(SCANNING_LANES, _SCAN),
    "process": _own_task("process"),
    "thread": _own_task("thread"),
    "pool": _listed("who waits", "waiter", _DISARMED),
    "epoll-oneshot": _listed("a worker", "one", _DISARMED),
    "epoll-exclusive": _listed("a worker", "one", _NOBODY),
    "kqueue": _FILTERS,
    "io_uring": _ring(_NOT_STARTED),
    "io_uring-sqpoll": _ring(_NOT_STARTED),
    "io_uring-poll": _ring(("no poll is armed on it", "no poll armed", "nobody")),
    "iocp": _PORT,
}
"""By lane; the others wait in epoll."""
_DROPS: Table = {
    DropReason.BUFFER_FULL: ("DROPPED: its receive buffer was full", "DROPPED: buf. full", "DROP"),
    DropReason.BACKLOG_FULL: ("DROPPED: the accept backlog was full", "DROPPED: backlog", "DROP"),
    DropReason.NOT_CONNECTED: ("DROPPED: no connection to take it", "DROPPED: no conn.", "DROP"),
    DropReason.CONNECTION_GONE: ("DROPPED: the connection is gone", "DROPPED: gone", "DROP"),
}
_WASTEFUL = Effect.WOKE_SCAN | Effect.SCAN_BEHIND
_TOLD = Effect.READY_LIST | Effect.KNOTE | Effect.TASK_WORK | Effect.COMPLETED | Effect.WOKE_TASK


def answer(lane: str, effect: int, dropped: bool, width: int) -> tuple[str, str]:
    """What a packet caused in a lane: the words and their role.

    Args:
        lane: A lane's name.
        effect: An :class:`~sim.machine.records.Effect`, or a :class:`~sim.machine.records.DropReason`.
        dropped: Whether the packet was dropped, and ``effect`` says why.
        width: Cells there are for it; the fewest words there are may be more.
    """
    if dropped:
        return _fitting(_DROPS[effect], width), "alarm"
    for key, words in _TABLES.get(lane, _EPOLL).items():
        if effect & key == key and (key or not effect):
            loud = "wasted" if key & _WASTEFUL else lane if key & _TOLD else "text"
            return _fitting(words, width), loud
    return "–", "dim"


def _fitting(sizes: Sizes, width: int) -> str:
    """All answers in a column have the same size, whatever fits of each."""
    size = sum(width < cells for cells in _CELLS)
    return sizes[min(size, len(sizes) - 1)]
