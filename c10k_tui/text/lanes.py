"""The words of the lanes, in one value for each lane.

A lane has two more parts: the facts about it in :mod:`sim.scenario.lanes`, and its server in
:mod:`sim.servers`. The screens choose their sentences by the facts: for a lane that scans, for a lane with a
task for each connection. This module holds the words that follow from no fact.

Why not in :mod:`sim.scenario.lanes`: the simulator knows no screen, no colour and no width of a column.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from c10k_tui.text import packet_effects
from c10k_tui.text.korean import add_readings
from c10k_tui.text.messages import N_, _
from c10k_tui.text.packet_effects import EffectTable
from sim.scenario.registry import Registry

MOST_LANES = 4
"""Largest number of lanes on the race screen."""


@dataclass(frozen=True, slots=True)
class LaneColours:
    """A lane's colour in each theme: earth colours for tasks, blue for epoll, violet for rings.

    There are more lanes than terminal colours, so some lanes share one. The name always stands beside it.
    """

    dark: str
    light: str
    ansi: str


@dataclass(frozen=True, slots=True)
class LaneText:
    """The words for one lane."""

    name: str
    """A name of :data:`sim.scenario.lanes.LANES`."""
    title: str
    """The title of its frame on the race screen."""
    what: str
    """Its server in one line of at most 47 cells, in the list of lanes."""
    learns: str
    """The way in which its server learns of a request, as a predicate: ``asks every descriptor``."""
    effects: EffectTable
    """Words for the effects of a packet."""
    colours: LaneColours
    before_first: tuple[str, str] = (
        N_("the kernel holds the list of all {all}"),
        N_("it will say which are ready"),
    )
    """Two clauses for the time before the first event: the state, and the event that will follow."""
    column_names: tuple[str, ...] = ()
    """Shorter names for a narrow column, at most 9 and then 7 cells."""
    brief: str = ""
    """A name of at most six cells; empty if the lane's name can simply be cut."""
    tasks: str = N_("threads")
    """The plural word for its tasks; the lane's name is the singular."""
    key: str = ""
    """The key that switches it on or off; empty if it has none of its own."""
    korean_end: str = ""
    """The last syllable of its name as it is read in Korean, which decides on the form of a particle; empty
    to follow the letters."""


LANE_TEXTS: Registry[LaneText] = Registry(
    (
        LaneText(
            "process",
            title=N_("process ─ one for each connection"),
            what=N_("a process for each connection, asleep in read"),
            learns=N_("has a process each"),
            effects=packet_effects.PROCESS,
            colours=LaneColours("#d7875f", "#5f5f00", "ansi_bright_magenta"),
            tasks=N_("processes"),
            korean_end="스",
        ),
        LaneText(
            "thread",
            title=N_("thread ─ one for each connection"),
            what=N_("a thread for each connection, asleep in read"),
            learns=N_("has a thread each"),
            effects=packet_effects.THREAD,
            colours=LaneColours("#d7af87", "#af5f5f", "ansi_bright_red"),
            korean_end="드",
        ),
        LaneText(
            "pool",
            title=N_("pool ─ one waits, eight serve"),
            what=N_("one thread waits in epoll, eight serve"),
            learns=N_("hands out what is ready"),
            before_first=(
                N_("one thread waits for all {all}, *{workers}* serve"),
                N_("they will be handed what is ready"),
            ),
            korean_end="풀",
            effects=packet_effects.POOL,
            colours=LaneColours("#afaf5f", "#878700", "ansi_green"),
        ),
        LaneText(
            "select",
            title=N_("select ─ checks all, every time"),
            what=N_("hands over a bitmap of all, has all looked at"),
            learns=N_("asks every descriptor"),
            effects=packet_effects.SCAN,
            colours=LaneColours("#ffaf00", "#af5f00", "ansi_yellow"),
            key="1",
            korean_end="트",
        ),
        LaneText(
            "poll",
            title=N_("poll ─ checks all, every time"),
            what=N_("hands over a list of all, has all looked at"),
            learns=N_("asks every descriptor"),
            effects=packet_effects.SCAN,
            colours=LaneColours("#d787af", "#af005f", "ansi_magenta"),
            key="2",
            korean_end="폴",
        ),
        LaneText(
            "epoll",
            title=N_("epoll ─ gets only the ready ones"),
            what=N_("is told which are ready, as long as they are"),
            learns=N_("is told which are ready"),
            effects=packet_effects.EPOLL,
            colours=LaneColours("#5fafff", "#005faf", "ansi_blue"),
            key="3",
            korean_end="이폴",
        ),
        LaneText(
            "epoll-et",
            title=N_("epoll-et ─ gets each packet once"),
            what=N_("is told once when more comes, reads it all"),
            learns=N_("is told once"),
            before_first=(
                N_("the kernel holds the list of all {all}"),
                N_("it will say once when more has come"),
            ),
            effects=packet_effects.EPOLL,
            colours=LaneColours("#87d7ff", "#5f87af", "ansi_bright_blue"),
            column_names=(N_("epoll-et"), "ep.-et"),
            brief="et",
            korean_end="티",
        ),
        LaneText(
            "epoll-oneshot",
            title=N_("epoll-oneshot ─ four serve, once"),
            what=N_("four workers, one epoll, each event armed anew"),
            learns=N_("tells one worker once"),
            before_first=(
                N_("one epoll for all {all}, *{workers}* workers"),
                N_("one of them will be told of each event"),
            ),
            korean_end="샷",
            effects=packet_effects.ONE_SHOT_WORKERS,
            colours=LaneColours("#8787ff", "#5f5fd7", "ansi_bright_cyan"),
            column_names=(N_("oneshot"), "oneshot"),
            brief="1-shot",
        ),
        LaneText(
            "epoll-exclusive",
            title=N_("epoll-exclusive ─ four accept"),
            what=N_("four workers, one woken for each new client"),
            learns=N_("wakes one of its workers"),
            before_first=(
                N_("*{workers}* epolls for all {all}"),
                N_("one worker will be woken for each new client"),
            ),
            effects=packet_effects.WORKERS,
            colours=LaneColours("#00afaf", "#008787", "ansi_cyan"),
            column_names=(N_("exclusive"), "excl."),
            brief="exclus",
            korean_end="브",
        ),
        LaneText(
            "asyncio",
            title=N_("asyncio ─ await reader.read()"),
            what=N_("tasks await reads, a loop on epoll wakes them"),
            learns=N_("is told which are ready"),
            effects=packet_effects.EPOLL,
            colours=LaneColours("#ff5f00", "#87875f", "ansi_bright_green"),
            brief="aio",
            korean_end="오",
        ),
        LaneText(
            "kqueue",
            title=N_("kqueue ─ filters run as packets come"),
            what=N_("filters run as packets come, queue the event"),
            learns=N_("is told which are ready"),
            before_first=(
                N_("the kernel holds the list of all {all}"),
                N_("a filter will run for each packet"),
            ),
            effects=packet_effects.FILTERS,
            colours=LaneColours("#5fd787", "#00875f", "ansi_bright_green"),
            korean_end="큐",
        ),
        LaneText(
            "io_uring",
            title=N_("io_uring ─ gets received data"),
            what=N_("told in a ring what was received: no read call"),
            learns=N_("is told what came"),
            before_first=(N_("a receive is armed on all {all}"), N_("it will be told what has come")),
            effects=packet_effects.RING_RECEIVE,
            colours=LaneColours("#d787ff", "#8700d7", "ansi_magenta"),
            column_names=("io_uring", "uring"),
            brief="uring",
            korean_end="링",
        ),
        LaneText(
            "io_uring-poll",
            title=N_("io_uring-poll ─ gets what is ready"),
            what=N_("told in a ring which are ready, reads by calls"),
            learns=N_("is told which are ready"),
            before_first=(N_("a poll is armed on all {all}"), N_("it will be told which are ready")),
            effects=packet_effects.RING_POLL,
            colours=LaneColours("#af87d7", "#875f87", "ansi_bright_cyan"),
            column_names=(N_("ring-poll"), "ur.poll"),
            brief="u-poll",
        ),
        LaneText(
            "io_uring-sqpoll",
            title=N_("io_uring-sqpoll ─ a CPU that polls"),
            what=N_("as io_uring, but a second CPU takes its orders"),
            learns=N_("is told what came"),
            before_first=(N_("a receive is armed on all {all}"), N_("a second CPU takes what is submitted")),
            effects=packet_effects.RING_RECEIVE,
            colours=LaneColours("#d7d7ff", "#5f0087", "ansi_default"),
            column_names=(N_("sqpoll"), "sqpoll"),
            brief="sqpoll",
        ),
        LaneText(
            "iocp",
            title=N_("iocp ─ gets received data"),
            what=N_("starts reads beforehand, is told when they end"),
            learns=N_("is told what came"),
            before_first=(N_("a receive is under way on all {all}"), N_("results will come by themselves")),
            effects=packet_effects.PORT,
            colours=LaneColours("#afff5f", "#008700", "ansi_green"),
            korean_end="피",
        ),
    )
)
"""The words by lane."""
add_readings({text.name: text.korean_end for text in LANE_TEXTS.values() if text.korean_end})


def brief_name(lane: str, width: int) -> str:
    """A lane's name in at most ``width`` cells."""
    return lane if len(lane) <= width else (LANE_TEXTS[lane].brief or lane)[:width]


def why_not_lanes(lanes: Collection[str]) -> str | None:
    """The reason why these lanes cannot be on the screen together; None if they can."""
    if not lanes:
        return _("one lane has to stay")
    if len(lanes) > MOST_LANES:
        return _("{most_lanes} lanes at most are on the screen: take one off first", most_lanes=MOST_LANES)
    return None
