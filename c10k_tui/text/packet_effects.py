"""Words for the effects of a packet: a table for each way in which the kernel finds the waiting task.

Each effect is written three or four times, in at most 38, 19, 11 and six cells.
"""

from __future__ import annotations

from sim.machine.records import Effect

Sizes = tuple[str, ...]
"""Wordings of one effect, from the longest to the shortest."""
EffectTable = dict[int, Sizes]
"""Wordings by effect. The first entry whose bits are all set is shown, so an entry with more bits stands
earlier.
"""

_NOBODY: Sizes = ("nobody was waiting", "nobody waiting", "nobody")
_DISARMED: Sizes = ("nobody is told until it is armed again", "not armed", "nobody")
_NOT_STARTED: Sizes = ("nothing was started for it", "nothing started", "nobody")


def _own_task(task: str) -> EffectTable:
    """Words for lanes in which each connection has its own task."""
    return {
        Effect.WOKE_TASK: (f"woke its {task}, asleep in the call", f"woke its {task}", "woke"),
        Effect.NOBODY: (f"its {task} is awake and will find it", "awake: will find it", "awake"),
    }


def _ready_list(who: str, brief: str, nobody: Sizes) -> EffectTable:
    """Words for lanes with an epoll's ready list, where ``who`` waits in epoll_wait."""
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


def _ring(nobody: Sizes) -> EffectTable:
    """Words for lanes in which io_uring reports to its task by task work."""
    return {
        Effect.TASK_WORK | Effect.WOKE_WAITER: ("→ task work, woke the task", "→ work, woke it", "→ woke"),
        Effect.TASK_WORK_AGAIN: ("task work is queued already", "queued already", "queued"),
        Effect.TASK_WORK: ("→ task work", "→ task work", "→ work"),
        Effect.NOBODY: nobody,
    }


SCAN: EffectTable = {
    Effect.WOKE_SCAN: ("woke the sleeper: it scans all again", "woke it: scans all", "woke"),
    Effect.SCAN_BEHIND: ("behind the scan: missed until the next", "behind scan: missed", "missed"),
    Effect.SCAN_AHEAD: ("ahead of the scan: it will be found", "ahead of the scan", "ahead"),
    Effect.NOBODY: _NOBODY,
}
PROCESS = _own_task("process")
THREAD = _own_task("thread")
EPOLL = _ready_list("epoll_wait", "epoll", _NOBODY)
POOL = _ready_list("who waits", "waiter", _DISARMED)
ONE_SHOT_WORKERS = _ready_list("a worker", "one", _DISARMED)
WORKERS = _ready_list("a worker", "one", _NOBODY)
FILTERS: EffectTable = {
    Effect.KNOTE | Effect.WOKE_WAITER: ("filter ran → queue, woke kevent", "→ queue, woke it", "→ woke"),
    Effect.KNOTE_AGAIN: ("filter ran, queued already", "queued already", "queued"),
    Effect.KNOTE: ("filter ran → queue", "→ queue", "→ queue"),
    Effect.NOBODY: ("no filter is on it", "no filter on it", "nobody"),
}
RING_RECEIVE = _ring(_NOT_STARTED)
RING_POLL = _ring(("no poll is armed on it", "no poll armed", "nobody"))
PORT: EffectTable = {
    Effect.COMPLETED | Effect.WOKE_WAITER: (
        "into its buffer → port, woke a thread",
        "→ port, woke it",
        "→ port",
    ),
    Effect.COMPLETED: ("into its buffer → port", "→ port", "→ port"),
    Effect.NOBODY: _NOT_STARTED,
}
