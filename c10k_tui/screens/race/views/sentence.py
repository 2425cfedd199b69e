"""The last action of a lane, in words for a reader who has never heard of epoll.

Every number comes from the call that the sentence is about, from the lane's counters, or from its tasks.
The number of wasted checks is the number of descriptors that the call checked, minus the number found ready,
over all passes of the call. "So far" counts since the counters began. Each sentence has several wordings, the
longest first.
"""

from __future__ import annotations

from c10k_tui.screens.race.views.event_loop_words import loop_sentences
from c10k_tui.screens.race.views.verdict import held_up
from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.styled_text import Line, Wordings, marked
from sim.frames.frame import CallView, LaneFrame
from sim.frames.mechanism import LoopView
from sim.scenario.lane_kind import Family, Tasks, Trigger
from sim.scenario.units import format_duration, format_short

__all__ = ["sentence", "sentences"]

_NO_SEARCH = ("no search", "good")


def sentence(lane: LaneFrame) -> Line:
    """The lane's latest waiting call as one sentence, in full."""
    return sentences(lane)[0]


def sentences(lane: LaneFrame) -> Wordings:
    """The lane's latest waiting call, from the longest wording to the shortest."""
    if lane.failure is not None:
        return (((lane.failure, "alarm"),),)
    if lane.call is None:
        return _before_the_first(lane)
    if isinstance(lane.mechanism, LoopView):
        return loop_sentences(lane.mechanism)
    if lane.kind.scans:
        return _of_scan(lane.call)
    if lane.kind.task_each:
        return _of_own_task(lane, lane.call)
    return _of_family(lane, lane.call)


# -- before the first call that found something ------------------------------------------------------


def _before_the_first(lane: LaneFrame) -> Wordings:
    if held_up(lane):
        alarm = ("interrupts take all the CPU", "alarm")
        return (alarm, (": it has answered nothing yet", "text")), (alarm,)
    all_of_them = f"*{lane.registered:,}*"
    if lane.kind.scans:
        return (
            marked(f"every call hands over all {all_of_them} and has each one checked"),
            marked(f"every call checks all {all_of_them}"),
        )
    if lane.kind.task_each:
        return (
            marked(f"each of {all_of_them} descriptors has its own {lane.name}, asleep till a packet comes"),
            marked(f"{all_of_them} descriptors, a {lane.name} each"),
            marked(f"a {lane.name} each"),
        )
    where, will_be = LANE_TEXTS[lane.name].before_first
    place = where.format(all=all_of_them, workers=_workers(lane))
    return marked(f"{place}: {will_be}"), marked(place), marked(f"{all_of_them} watched")


def _workers(lane: LaneFrame) -> int:
    """Number of tasks that serve. A pool has one more task, which waits."""
    tasks = lane.tasks
    if tasks is None:
        return 1
    return tasks.running + tasks.runnable + tasks.blocked - (lane.kind.tasks is Tasks.POOL)


# -- select and poll ---------------------------------------------------------------------------------


def _of_scan(call: CallView) -> Wordings:
    wasted = max(0, call.scanned - call.ready)
    asked = f"checked *{call.asked:,}*"
    if call.passes == 2:
        asked = f"checked all *{call.asked:,}* twice"
    elif call.passes > 2:
        asked = f"checked all *{call.asked:,}* {call.passes} times"
    checks = "check" if wasted == 1 else "checks"
    words = (f"{wasted:,} {checks} wasted", "wasted") if wasted else ("no check wasted", "good")
    role = "wasted" if wasted else "good"
    return (
        marked(f"{asked}, *{call.ready:,}* ready: ", words),
        marked(f"{asked}, *{call.ready:,}* ready: ", (f"{wasted:,} wasted", role)),
        marked(f"*{call.scanned:,}* checks: ", (f"{wasted:,} wasted", role)),
        (words,),
    )


# -- one task for each connection --------------------------------------------------------------------


def _of_own_task(lane: LaneFrame, call: CallView) -> Wordings:
    """A blocking read that has returned data."""
    counters, who = lane.counters, lane.name
    switches = f"{counters.context_switches:,} switches so far"
    so_far = f" (*{counters.wakeups:,}* such calls, *{counters.context_switches:,}* switches so far)"
    if call.slept:
        full = marked(f"its packet woke the {who} that waits for it: ", _NO_SEARCH, *marked(so_far))
        brief = marked(f"a packet woke its {who}: ", _NO_SEARCH)
    else:
        full = marked(f"a {who} found its request there: ", ("no sleep", "good"), *marked(so_far))
        brief = marked(f"a {who} found its request: ", ("no sleep", "good"))
    return (
        full,
        (*brief, (f", {switches}", "text")),
        brief,
        ((f"{who} woken" if call.slept else "no sleep", "text"),),
    )


# -- lanes that get events or results ---------------------------------------------------------------


def _of_epoll(lane: LaneFrame, call: CallView) -> Wordings:
    ready, wasted = call.ready, call.scanned - call.ready
    got = f"got *{ready:,}*, all ready: "
    full = marked(got, ("no check wasted", "good"))
    if wasted > 0:
        full = marked(got, _NO_SEARCH, (f" ({wasted:,} re-checked)", "text"))
    return full, marked(got, _NO_SEARCH), marked(f"got *{ready:,}* ready: ", _NO_SEARCH)


def _of_edges(lane: LaneFrame, call: CallView) -> Wordings:
    empty = lane.counters.empty_reads
    start, again = f"told once of *{call.ready:,}*", ", and not again till more comes"
    if not empty:
        return marked(start + again), marked(start)
    found = f": *{empty:,}* {'read' if empty == 1 else 'reads'} found nothing so far"
    return marked(f"{start}{again}{found} (EAGAIN)"), marked(start + found), marked(start)


def _of_pool(lane: LaneFrame, call: CallView) -> Wordings:
    ready, counters = call.ready, lane.counters
    return (
        marked(
            f"*{ready:,}* {_were(ready)} ready, handed to *{_workers(lane)}* workers who arm each again: "
            f"*{counters.epoll_ctl:,}* epoll_ctl, *{counters.context_switches:,}* switches so far"
        ),
        marked(f"*{ready:,}* ready, handed over: *{counters.context_switches:,}* switches so far"),
        marked(f"*{ready:,}* ready, handed over"),
    )


def _of_one_shots(lane: LaneFrame, call: CallView) -> Wordings:
    workers, armed = _workers(lane), lane.counters.epoll_ctl
    start = f"one of *{workers}* workers told of *{call.ready:,}*"
    return (
        marked(f"{start}, nobody again until it arms them: *{armed:,}* epoll_ctl so far"),
        marked(f"{start}: *{armed:,}* epoll_ctl so far"),
        marked(f"one of *{workers}* told of *{call.ready:,}*"),
    )


def _of_workers(lane: LaneFrame, call: CallView) -> Wordings:
    """Workers that share a listening socket."""
    start, vain = f"one of *{_workers(lane)}* workers told of *{call.ready:,}*", lane.counters.spurious_wakes
    wakes = "wake-up" if vain == 1 else "wake-ups"
    words = (
        (f"{vain:,} {wakes} for nothing so far", "wasted") if vain else ("nobody woken for nothing", "good")
    )
    return marked(f"{start}: ", words), marked(start), marked(f"told of *{call.ready:,}*")


def _of_kqueue(lane: LaneFrame, call: CallView) -> Wordings:
    queued, runs = call.ready, lane.counters.filter_runs
    return (
        marked(
            f"*{queued:,}* {_were(queued)} queued, *{queued:,}* picked up: ",
            _NO_SEARCH,
            *marked(f" (*{runs:,}* filters run by packets so far)"),
        ),
        marked(f"*{queued:,}* queued, picked up: ", _NO_SEARCH),
        marked(f"*{queued:,}* queued: ", _NO_SEARCH),
    )


def _of_ring(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = f"*{call.ready:,}* {_completions(call)} told what came", lane.counters
    no_call = ("no call to read", "good")
    return (
        marked(
            f"{start}: ",
            no_call,
            *marked(f" (*{counters.cqes:,}* posted, *{counters.syscalls:,}* calls so far)"),
        ),
        marked(f"{start}: ", no_call),
        marked(f"*{call.ready:,}* completed"),
    )


def _of_ring_poll(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = f"*{call.ready:,}* {_completions(call)} told which are ready", lane.counters
    return (
        marked(
            f"{start}, calls read them (*{counters.cqes:,}* posted, *{counters.syscalls:,}* calls so far)"
        ),
        marked(f"{start}, calls read them"),
        marked(f"*{call.ready:,}* told of"),
    )


def _of_polled_ring(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = f"*{call.ready:,}* {_completions(call)} told what came", lane.counters
    spent, spun = format_duration(counters.sq_thread_work_ns), format_duration(counters.sq_thread_spin_ns)
    return (
        marked(f"{start}, a second CPU took what was submitted: {spent} at work, {spun} spinning so far"),
        marked(f"{start}, by a second CPU"),
        marked(f"*{call.ready:,}* completed"),
    )


def _of_port(lane: LaneFrame, call: CallView) -> Wordings:
    packets = "packet" if call.ready == 1 else "packets"
    start, started = f"*{call.ready:,}* {packets} told what came", lane.counters.operations
    return (
        marked(f"{start}; a call starts each next receive: *{started:,}* operations so far"),
        marked(f"{start}, *{format_short(started)}* operations so far"),
        marked(f"*{call.ready:,}* {packets} taken"),
    )


def _of_family(lane: LaneFrame, call: CallView) -> Wordings:
    """A lane whose waiting call reports events or results."""
    kind = lane.kind
    if kind.family is Family.RING:
        if kind.second_cpu:
            return _of_polled_ring(lane, call)
        return _of_ring(lane, call) if kind.completes else _of_ring_poll(lane, call)
    if kind.family is Family.FILTERS:
        return _of_kqueue(lane, call)
    return _of_port(lane, call) if kind.family is Family.PORT else _of_ready_list(lane, call)


def _of_ready_list(lane: LaneFrame, call: CallView) -> Wordings:
    """A lane in epoll_wait."""
    kind = lane.kind
    if kind.tasks is Tasks.POOL:
        return _of_pool(lane, call)
    if kind.tasks is Tasks.WORKERS:
        return _of_workers(lane, call) if kind.list_each else _of_one_shots(lane, call)
    return _of_edges(lane, call) if kind.trigger is Trigger.EDGE else _of_epoll(lane, call)


def _completions(call: CallView) -> str:
    return "completion" if call.ready == 1 else "completions"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
