"""The current action of a lane in one line, in longer and shorter wordings."""

from __future__ import annotations

from c10k_tui.screens.race.views.event_loop_words import loop_activity
from c10k_tui.screens.race.views.verdict import held_up
from c10k_tui.text.styled_text import Line, Wordings
from sim.frames.frame import LaneFrame, PassView, TaskView
from sim.frames.mechanism import IoUringView, LoopView
from sim.scenario.lane_kind import Family


def activity(lane: LaneFrame) -> Line:
    """The lane's current action, in the longest wording."""
    return activities(lane)[0]


def activities(lane: LaneFrame) -> Wordings:
    """The lane's current action, from the longest wording to the shortest."""
    if lane.activity == "failed":
        return ((("stopped", "alarm"),),)
    if held_up(lane):
        return (("held up", "alarm"), (" by interrupts", "dim")), (("held up", "alarm"),)
    if lane.tasks is not None:
        return _of_tasks(lane, lane.tasks)
    if lane.activity == "sleeping":
        return _asleep(lane)
    if lane.activity == "scanning":
        return _scanning(lane.passes[-1] if lane.passes else None)
    if isinstance(lane.mechanism, LoopView) and (loop_line := loop_activity(lane, lane.mechanism)):
        return loop_line, loop_line[:1]
    if lane.activity == "collecting":
        return _in_the_call(lane)
    serving = ("serving", "good")
    if lane.serving_fd is None:
        return ((serving,),)
    return (serving, (f" fd {lane.serving_fd}", "dim")), (serving,)


def _asleep(lane: LaneFrame) -> Wordings:
    asleep = ("asleep", "strong")
    if lane.serving_fd is not None:  # A write to it found the send buffer full.
        where = (f" in a call for fd {lane.serving_fd}", "wasted")
        return (asleep, where, (": nobody else is served", "dim")), (asleep, where), (asleep,)
    if isinstance(lane.mechanism, IoUringView) and lane.mechanism.thread in ("spinning", "working"):
        doing = {"spinning": "spins", "working": "works"}[lane.mechanism.thread]
        return (
            (asleep, (f"; the second CPU {doing}", "dim")),
            (asleep, (f"; CPU 2 {doing}", "dim")),
            (asleep,),
        )
    return (asleep, (": nothing to do until an interrupt", "dim")), (asleep,)


def _in_the_call(lane: LaneFrame) -> Wordings:
    kind = lane.kind
    if kind.scans:
        return (("in the call", "strong"), (": copying, wait queues", "dim")), (("in the call", "strong"),)
    one_list = kind.family is Family.READY_LIST and not kind.event_loop
    if one_list and lane.ready_listed:
        return (("collecting", "epoll"), (" from the ready list", "dim")), (("collecting", "epoll"),)
    if one_list:
        return (("entering", "epoll"), (f" {kind.waiting_call}", "dim")), (("entering", "epoll"),)
    return (("in", "strong"), (f" {kind.waiting_call}", "dim")), (("in the call", "strong"),)


def _of_tasks(lane: LaneFrame, tasks: TaskView) -> Wordings:
    """The task that has the CPU, and the number of tasks that wait for the CPU."""
    if lane.activity == "sleeping":
        asleep = (f"all {tasks.blocked:,} asleep", "strong")
        return (asleep, (": nothing to do until an interrupt", "dim")), (asleep,), (("all asleep", "strong"),)
    runs = _who_runs(lane)
    waiting = (
        (f", {tasks.runnable:,} more runnable", "runnable")
        if tasks.runnable
        else (", no other runnable", "dim")
    )
    fewer = (f", +{tasks.runnable:,} runnable", "runnable") if tasks.runnable else ("", "dim")
    at = "" if lane.serving_fd is None else f"fd {lane.serving_fd} "
    return (*runs, waiting), (*runs, fewer), runs, ((f"{at}runs", "good"),)


def _who_runs(lane: LaneFrame) -> Line:
    fd = lane.serving_fd
    if lane.kind.task_each:
        if fd is None:
            return (("accepting", "strong"), (f": the {lane.name} that waits for clients", "dim"))
        return ((f"the {lane.name} of fd {fd}", "good"), (" runs", "dim"))
    if fd is None:
        return (("between two connections", "strong"), (f": {lane.kind.waiting_call}", "dim"))
    return (("serving", "good"), (f" fd {fd}", "dim"))


def _scanning(scan: PassView | None) -> Wordings:
    scanning = ("scanning", "wasted")
    if scan is None or scan.end_ns is not None:
        return ((scanning,),)
    which = {1: "", 2: ", for the second time"}.get(scan.number, f", pass {scan.number}")
    return (
        (scanning, (f": {scan.position:,} of {scan.count:,} checked{which}", "dim")),
        (scanning, (f": {scan.position:,} checked{which}", "dim")),
        (scanning, (f" {scan.position:,}", "dim")),
        (scanning,),
    )
