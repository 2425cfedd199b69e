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
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, Span, Wordings, marked
from sim.frames.frame import CallView, LaneFrame
from sim.frames.mechanism import LoopView
from sim.scenario.lane_kind import Family, Tasks, Trigger
from sim.scenario.units import format_duration, format_short

__all__ = ["sentence", "sentences"]


def _no_search() -> Span:
    return _("no search"), "good"


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
        alarm = (_("interrupts take all the CPU"), "alarm")
        return (alarm, (_(": it has answered nothing yet"), "text")), (alarm,)
    all_of_them = f"*{lane.registered:,}*"
    if lane.kind.scans:
        return (
            marked(
                _("every call hands over all {all_of_them} and has each one checked", all_of_them=all_of_them)
            ),
            marked(_("every call checks all {all_of_them}", all_of_them=all_of_them)),
        )
    if lane.kind.task_each:
        return (
            marked(
                _(
                    "each of {all_of_them} descriptors has its own {name}, asleep till a packet comes",
                    all_of_them=all_of_them,
                    name=lane.name,
                )
            ),
            marked(_("{all_of_them} descriptors, a {name} each", all_of_them=all_of_them, name=lane.name)),
            marked(_("a {name} each", name=lane.name)),
        )
    where, will_be = LANE_TEXTS[lane.name].before_first
    place = _(where, all=all_of_them, workers=_workers(lane))
    return (
        marked(f"{place}: {_(will_be)}"),
        marked(place),
        marked(_("{all_of_them} watched", all_of_them=all_of_them)),
    )


def _workers(lane: LaneFrame) -> int:
    """Number of tasks that serve. A pool has one more task, which waits."""
    tasks = lane.tasks
    if tasks is None:
        return 1
    return tasks.running + tasks.runnable + tasks.blocked - (lane.kind.tasks is Tasks.POOL)


# -- select and poll ---------------------------------------------------------------------------------


def _of_scan(call: CallView) -> Wordings:
    wasted = max(0, call.scanned - call.ready)
    asked = _("checked *{asked:,}*", asked=call.asked)
    if call.passes == 2:
        asked = _("checked all *{asked:,}* twice", asked=call.asked)
    elif call.passes > 2:
        asked = _("checked all *{asked:,}* {passes} times", asked=call.asked, passes=call.passes)
    checks = "check" if wasted == 1 else "checks"
    words = (
        (_("{wasted:,} {checks} wasted", wasted=wasted, checks=checks), "wasted")
        if wasted
        else (_("no check wasted"), "good")
    )
    role = "wasted" if wasted else "good"
    return (
        marked(_("{asked}, *{ready:,}* ready: ", asked=asked, ready=call.ready), words),
        marked(
            _("{asked}, *{ready:,}* ready: ", asked=asked, ready=call.ready),
            (_("{wasted:,} wasted", wasted=wasted), role),
        ),
        marked(
            _("*{scanned:,}* checks: ", scanned=call.scanned), (_("{wasted:,} wasted", wasted=wasted), role)
        ),
        (words,),
    )


# -- one task for each connection --------------------------------------------------------------------


def _of_own_task(lane: LaneFrame, call: CallView) -> Wordings:
    """A blocking read that has returned data."""
    counters, who = lane.counters, lane.name
    switches = _("{context_switches:,} switches so far", context_switches=counters.context_switches)
    so_far = _(
        " (*{wakeups:,}* such calls, *{context_switches:,}* switches so far)",
        wakeups=counters.wakeups,
        context_switches=counters.context_switches,
    )
    if call.slept:
        full = marked(
            _("its packet woke the {who} that waits for it: ", who=who), _no_search(), *marked(so_far)
        )
        brief = marked(_("a packet woke its {who}: ", who=who), _no_search())
    else:
        full = marked(
            _("a {who} found its request there: ", who=who), (_("no sleep"), "good"), *marked(so_far)
        )
        brief = marked(_("a {who} found its request: ", who=who), (_("no sleep"), "good"))
    return (
        full,
        (*brief, (f", {switches}", "text")),
        brief,
        ((_("{who} woken", who=who) if call.slept else _("no sleep"), "text"),),
    )


# -- lanes that get events or results ---------------------------------------------------------------


def _of_epoll(lane: LaneFrame, call: CallView) -> Wordings:
    ready, wasted = call.ready, call.scanned - call.ready
    got = _("got *{ready:,}*, all ready: ", ready=ready)
    full = marked(got, (_("no check wasted"), "good"))
    if wasted > 0:
        full = marked(got, _no_search(), (_(" ({wasted:,} re-checked)", wasted=wasted), "text"))
    return full, marked(got, _no_search()), marked(_("got *{ready:,}* ready: ", ready=ready), _no_search())


def _of_edges(lane: LaneFrame, call: CallView) -> Wordings:
    empty = lane.counters.empty_reads
    start, again = _("told once of *{ready:,}*", ready=call.ready), _(", and not again till more comes")
    if not empty:
        return marked(start + again), marked(start)
    found = _(
        ": *{empty:,}* {read} found nothing so far", empty=empty, read=_("read") if empty == 1 else _("reads")
    )
    return (
        marked(_("{start}{again}{found} (EAGAIN)", start=start, again=again, found=found)),
        marked(start + found),
        marked(start),
    )


def _of_pool(lane: LaneFrame, call: CallView) -> Wordings:
    ready, counters = call.ready, lane.counters
    return (
        marked(
            _(
                "*{ready:,}* {were} ready, handed to *{workers}* workers who arm each again: "
                "*{epoll_ctl:,}* epoll_ctl, *{context_switches:,}* switches so far",
                ready=ready,
                were=_were(ready),
                workers=_workers(lane),
                epoll_ctl=counters.epoll_ctl,
                context_switches=counters.context_switches,
            )
        ),
        marked(
            _(
                "*{ready:,}* ready, handed over: *{context_switches:,}* switches so far",
                ready=ready,
                context_switches=counters.context_switches,
            )
        ),
        marked(_("*{ready:,}* ready, handed over", ready=ready)),
    )


def _of_one_shots(lane: LaneFrame, call: CallView) -> Wordings:
    workers, armed = _workers(lane), lane.counters.epoll_ctl
    start = _("one of *{workers}* workers told of *{ready:,}*", workers=workers, ready=call.ready)
    return (
        marked(
            _(
                "{start}, nobody again until it arms them: *{armed:,}* epoll_ctl so far",
                start=start,
                armed=armed,
            )
        ),
        marked(_("{start}: *{armed:,}* epoll_ctl so far", start=start, armed=armed)),
        marked(_("one of *{workers}* told of *{ready:,}*", workers=workers, ready=call.ready)),
    )


def _of_workers(lane: LaneFrame, call: CallView) -> Wordings:
    """Workers that share a listening socket."""
    start, vain = (
        _("one of *{workers}* workers told of *{ready:,}*", workers=_workers(lane), ready=call.ready),
        lane.counters.spurious_wakes,
    )
    wakes = "wake-up" if vain == 1 else "wake-ups"
    words = (
        (_("{vain:,} {wakes} for nothing so far", vain=vain, wakes=wakes), "wasted")
        if vain
        else (_("nobody woken for nothing"), "good")
    )
    return marked(f"{start}: ", words), marked(start), marked(_("told of *{ready:,}*", ready=call.ready))


def _of_kqueue(lane: LaneFrame, call: CallView) -> Wordings:
    queued, runs = call.ready, lane.counters.filter_runs
    return (
        marked(
            _("*{queued:,}* {were} queued, *{queued:,}* picked up: ", queued=queued, were=_were(queued)),
            _no_search(),
            *marked(_(" (*{runs:,}* filters run by packets so far)", runs=runs)),
        ),
        marked(_("*{queued:,}* queued, picked up: ", queued=queued), _no_search()),
        marked(_("*{queued:,}* queued: ", queued=queued), _no_search()),
    )


def _of_ring(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = (
        _("*{ready:,}* {completions} told what came", ready=call.ready, completions=_completions(call)),
        lane.counters,
    )
    no_call = (_("no call to read"), "good")
    return (
        marked(
            f"{start}: ",
            no_call,
            *marked(
                _(
                    " (*{cqes:,}* posted, *{syscalls:,}* calls so far)",
                    cqes=counters.cqes,
                    syscalls=counters.syscalls,
                )
            ),
        ),
        marked(f"{start}: ", no_call),
        marked(_("*{ready:,}* completed", ready=call.ready)),
    )


def _of_ring_poll(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = (
        _("*{ready:,}* {completions} told which are ready", ready=call.ready, completions=_completions(call)),
        lane.counters,
    )
    return (
        marked(
            _(
                "{start}, calls read them (*{cqes:,}* posted, *{syscalls:,}* calls so far)",
                start=start,
                cqes=counters.cqes,
                syscalls=counters.syscalls,
            )
        ),
        marked(_("{start}, calls read them", start=start)),
        marked(_("*{ready:,}* told of", ready=call.ready)),
    )


def _of_polled_ring(lane: LaneFrame, call: CallView) -> Wordings:
    start, counters = (
        _("*{ready:,}* {completions} told what came", ready=call.ready, completions=_completions(call)),
        lane.counters,
    )
    spent, spun = format_duration(counters.sq_thread_work_ns), format_duration(counters.sq_thread_spin_ns)
    return (
        marked(
            _(
                "{start}, a second CPU took what was submitted: {spent} at work, {spun} spinning so far",
                start=start,
                spent=spent,
                spun=spun,
            )
        ),
        marked(_("{start}, by a second CPU", start=start)),
        marked(_("*{ready:,}* completed", ready=call.ready)),
    )


def _of_port(lane: LaneFrame, call: CallView) -> Wordings:
    packets = "packet" if call.ready == 1 else "packets"
    start, started = (
        _("*{ready:,}* {packets} told what came", ready=call.ready, packets=packets),
        lane.counters.operations,
    )
    return (
        marked(
            _(
                "{start}; a call starts each next receive: *{started:,}* operations so far",
                start=start,
                started=started,
            )
        ),
        marked(_("{start}, *{started}* operations so far", start=start, started=format_short(started))),
        marked(_("*{ready:,}* {packets} taken", ready=call.ready, packets=packets)),
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
