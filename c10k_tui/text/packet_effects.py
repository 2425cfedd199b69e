"""Words for the effects of a packet: a table for each way in which the kernel finds the waiting task.

Each effect is written three or four times, in at most 38, 19, 11 and six cells.
"""

from __future__ import annotations

from sim.machine.records import Effect
from sim.scenario.messages import N_, Message

Sizes = tuple[str, ...]
"""Wordings of one effect, from the longest to the shortest."""
EffectTable = dict[int, Sizes]
"""Wordings by effect. The first entry whose bits are all set is shown, so an entry with more bits stands
earlier.
"""

_NOBODY: Sizes = (N_("nobody was waiting"), N_("nobody waiting"), "nobody")
_DISARMED: Sizes = (N_("nobody is told until it is armed again"), N_("not armed"), "nobody")
_NOT_STARTED: Sizes = (N_("nothing was started for it"), N_("nothing started"), "nobody")


def _own_task(task: str) -> EffectTable:
    """Words for lanes in which each connection has its own task."""
    return {
        Effect.WOKE_TASK: (
            Message("woke its {task}, asleep in the call", task=task),
            Message("woke its {task}", task=task),
            "woke",
        ),
        Effect.NOBODY: (
            Message("its {task} is awake and will find it", task=task),
            N_("awake: will find it"),
            "awake",
        ),
    }


def _ready_list(who: str, brief: str, nobody: Sizes) -> EffectTable:
    """Words for lanes with an epoll's ready list, where ``who`` waits in epoll_wait."""
    return {
        Effect.READY_LIST | Effect.WOKE_EPOLL: (
            Message("→ ready list, woke {who}", who=who),
            Message("→ list, woke {brief}", brief=brief),
            N_("→ list woke"),
            N_("→ woke"),
        ),
        Effect.ALREADY_LISTED | Effect.WOKE_EPOLL: (
            Message("already on the list, woke {who}", who=who),
            Message("listed, woke {brief}", brief=brief),
            "woke",
        ),
        Effect.READY_LIST: (N_("→ ready list"), N_("→ ready list"), N_("→ list")),
        Effect.ALREADY_LISTED: (N_("already on the ready list"), N_("already on it"), "listed"),
        Effect.NOBODY: nobody,
    }


def _ring(nobody: Sizes) -> EffectTable:
    """Words for lanes in which io_uring reports to its task by task work."""
    return {
        Effect.TASK_WORK | Effect.WOKE_WAITER: (
            N_("→ task work, woke the task"),
            N_("→ work, woke it"),
            N_("→ woke"),
        ),
        Effect.TASK_WORK_AGAIN: (N_("task work is queued already"), N_("queued already"), "queued"),
        Effect.TASK_WORK: (N_("→ task work"), N_("→ task work"), N_("→ work")),
        Effect.NOBODY: nobody,
    }


SCAN: EffectTable = {
    Effect.WOKE_SCAN: (N_("woke the sleeper: it scans all again"), N_("woke it: scans all"), "woke"),
    Effect.SCAN_BEHIND: (N_("behind the scan: missed until the next"), N_("behind scan: missed"), "missed"),
    Effect.SCAN_AHEAD: (N_("ahead of the scan: it will be found"), N_("ahead of the scan"), "ahead"),
    Effect.NOBODY: _NOBODY,
}
PROCESS = _own_task("process")
THREAD = _own_task("thread")
EPOLL = _ready_list("epoll_wait", "epoll", _NOBODY)
POOL = _ready_list(N_("who waits"), "waiter", _DISARMED)
ONE_SHOT_WORKERS = _ready_list(N_("a worker"), "one", _DISARMED)
WORKERS = _ready_list(N_("a worker"), "one", _NOBODY)
FILTERS: EffectTable = {
    Effect.KNOTE | Effect.WOKE_WAITER: (
        N_("filter ran → queue, woke kevent"),
        N_("→ queue, woke it"),
        N_("→ woke"),
    ),
    Effect.KNOTE_AGAIN: (N_("filter ran, queued already"), N_("queued already"), "queued"),
    Effect.KNOTE: (N_("filter ran → queue"), N_("→ queue"), N_("→ queue")),
    Effect.NOBODY: (N_("no filter is on it"), N_("no filter on it"), "nobody"),
}
RING_RECEIVE = _ring(_NOT_STARTED)
RING_POLL = _ring((N_("no poll is armed on it"), N_("no poll armed"), "nobody"))
PORT: EffectTable = {
    Effect.COMPLETED | Effect.WOKE_WAITER: (
        N_("into its buffer → port, woke a thread"),
        N_("→ port, woke it"),
        N_("→ port"),
    ),
    Effect.COMPLETED: (N_("into its buffer → port"), N_("→ port"), N_("→ port")),
    Effect.NOBODY: _NOT_STARTED,
}
