"""The current action of a lane in one line, in longer and shorter wordings."""

from __future__ import annotations

from c10k_tui.screens.race.views.event_loop_words import loop_activity
from c10k_tui.screens.race.views.verdict import held_up
from c10k_tui.text.messages import _
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
        return (((_("stopped"), "alarm"),),)
    if held_up(lane):
        return ((_("held up"), "alarm"), (_(" by interrupts"), "dim")), ((_("held up"), "alarm"),)
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
    serving = (_("serving"), "good")
    if lane.serving_fd is None:
        return ((serving,),)
    return (serving, (f" fd {lane.serving_fd}", "dim")), (serving,)


def _asleep(lane: LaneFrame) -> Wordings:
    asleep = (_("asleep"), "strong")
    if lane.serving_fd is not None:  # A write to it found the send buffer full.
        where = (_(" in a call for fd {serving_fd}", serving_fd=lane.serving_fd), "wasted")
        return (asleep, where, (_(": nobody else is served"), "dim")), (asleep, where), (asleep,)
    if isinstance(lane.mechanism, IoUringView) and lane.mechanism.thread in ("spinning", "working"):
        doing = {"spinning": "spins", "working": "works"}[lane.mechanism.thread]
        return (
            (asleep, (_("; the second CPU {doing}", doing=doing), "dim")),
            (asleep, (_("; CPU 2 {doing}", doing=doing), "dim")),
            (asleep,),
        )
    return (asleep, (_(": nothing to do until an interrupt"), "dim")), (asleep,)


def _in_the_call(lane: LaneFrame) -> Wordings:
    kind = lane.kind
    if kind.scans:
        return ((_("in the call"), "strong"), (_(": copying, wait queues"), "dim")), (
            (_("in the call"), "strong"),
        )
    one_list = kind.family is Family.READY_LIST and not kind.event_loop
    if one_list and lane.ready_listed:
        return ((_("collecting"), "epoll"), (_(" from the ready list"), "dim")), ((_("collecting"), "epoll"),)
    if one_list:
        return ((_("entering"), "epoll"), (f" {kind.waiting_call}", "dim")), ((_("entering"), "epoll"),)
    return (("in", "strong"), (f" {kind.waiting_call}", "dim")), ((_("in the call"), "strong"),)


def _of_tasks(lane: LaneFrame, tasks: TaskView) -> Wordings:
    """The task that has the CPU, and the number of tasks that wait for the CPU."""
    if lane.activity == "sleeping":
        asleep = (_("all {blocked:,} asleep", blocked=tasks.blocked), "strong")
        return (
            (asleep, (_(": nothing to do until an interrupt"), "dim")),
            (asleep,),
            ((_("all asleep"), "strong"),),
        )
    runs = _who_runs(lane)
    waiting = (
        (_(", {runnable:,} more runnable", runnable=tasks.runnable), "runnable")
        if tasks.runnable
        else (_(", no other runnable"), "dim")
    )
    fewer = (
        (_(", +{runnable:,} runnable", runnable=tasks.runnable), "runnable")
        if tasks.runnable
        else ("", "dim")
    )
    at = "" if lane.serving_fd is None else f"fd {lane.serving_fd} "
    return (*runs, waiting), (*runs, fewer), runs, ((_("{at}runs", at=at), "good"),)


def _who_runs(lane: LaneFrame) -> Line:
    fd = lane.serving_fd
    if lane.kind.task_each:
        if fd is None:
            return (
                (_("accepting"), "strong"),
                (_(": the {name} that waits for clients", name=lane.name), "dim"),
            )
        return ((_("the {name} of fd {fd}", name=lane.name, fd=fd), "good"), (_(" runs"), "dim"))
    if fd is None:
        return ((_("between two connections"), "strong"), (f": {lane.kind.waiting_call}", "dim"))
    return ((_("serving"), "good"), (f" fd {fd}", "dim"))


def _scanning(scan: PassView | None) -> Wordings:
    scanning = (_("scanning"), "wasted")
    if scan is None or scan.end_ns is not None:
        return ((scanning,),)
    which = {1: "", 2: _(", for the second time")}.get(scan.number, f", pass {scan.number}")
    return (
        (
            scanning,
            (
                _(
                    ": {position:,} of {count:,} checked{which}",
                    position=scan.position,
                    count=scan.count,
                    which=which,
                ),
                "dim",
            ),
        ),
        (scanning, (_(": {position:,} checked{which}", position=scan.position, which=which), "dim")),
        (scanning, (f" {scan.position:,}", "dim")),
        (scanning,),
    )
