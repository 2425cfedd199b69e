"""The line about one followed descriptor: the times at which it became ready, was picked up and answered, in
each lane.

It comes from the newest records, which the feed keeps. Earlier events are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from c10k_tui.text.lanes import brief_name
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.machine.records import Kind, Record
from sim.scenario.units import format_duration


@dataclass(frozen=True, slots=True)
class FollowedRequest:
    """The newest request on a descriptor in one lane. A time is None if it is not known, or has not come
    yet.
    """

    packet_ns: int | None = None
    dropped: bool = False
    read_ns: int | None = None
    written_ns: int | None = None


@dataclass(frozen=True, slots=True)
class FollowWording:
    """The words before the times."""

    read: str
    written: str
    both: str
    """Before the time of a request that was read and answered in one step of the server."""
    unread: str


WORDS = (
    FollowWording(
        N_("picked up "), N_(", answered "), N_("picked up and answered "), N_("ready, unread for ")
    ),
    FollowWording(N_("read "), N_(", sent "), N_("answered "), N_("unread for ")),
    FollowWording("", " ", "", N_("unread ")),
)
"""From the longest words to the shortest."""
NAME_CELLS = 6
"""Cells for a lane's name when there is little room."""


def newest_request(fd: int, newest_first: Iterable[Record]) -> FollowedRequest:
    """The newest request on a descriptor, from a lane's records."""
    read_ns = written_ns = None
    for time_ns, kind, of_fd, *_rest in newest_first:
        if of_fd != fd:
            continue
        if kind == Kind.WRITE:
            written_ns = time_ns
        elif kind == Kind.READ:
            read_ns = time_ns
        elif kind in (Kind.PACKET, Kind.DROP):
            return FollowedRequest(time_ns, kind == Kind.DROP, read_ns, written_ns)
    return FollowedRequest(None, False, read_ns, written_ns)


def follow_line(fd: int, requests: Mapping[str, FollowedRequest], now_ns: int, width: int) -> Line:
    """The line below the grids while a descriptor is followed, in the longest words that fit."""
    packets = [request.packet_ns for request in requests.values() if request.packet_ns is not None]
    head: list[Span] = [(f" fd {fd} ", "cursor")]
    if not packets:
        return clip((*head, (_(" followed: no packet for it of late (s: to the next one)"), "dim")), width)
    head += [(_(" packet at "), "dim"), (format_duration(max(packets)), "text")]
    lines = [_line(head, requests, now_ns, words) for words in WORDS]
    lines.append(_line(head[:1], requests, now_ns, WORDS[-1], NAME_CELLS))
    return clip(next((line for line in lines if width_of(line) <= width), lines[-1]), width)


def _line(
    head: list[Span],
    requests: Mapping[str, FollowedRequest],
    now_ns: int,
    words: FollowWording,
    name_cells: int = 99,
) -> Line:
    spans = list(head)
    for lane, request in requests.items():
        name = brief_name(lane, name_cells)
        spans += [(" · ", "dim"), (f"{name} ", lane), *_outcome(request, now_ns, words)]
    return tuple(spans)


def _outcome(request: FollowedRequest, now_ns: int, words: FollowWording) -> Iterator[Span]:
    """The fate of a packet in one lane. Times count from its arrival."""
    if request.packet_ns is None:
        yield _("not known"), "dim"
    elif request.dropped:
        yield _("DROPPED"), "alarm"
    elif request.read_ns is None:
        yield f"{_(words.unread)}{format_duration(now_ns - request.packet_ns)}", "wasted"
    else:
        yield _(words.both if request.written_ns == request.read_ns else words.read), "dim"
        yield f"+{format_duration(request.read_ns - request.packet_ns)}", "text"
        if request.written_ns not in (None, request.read_ns):
            yield _(words.written), "dim"
            yield f"+{format_duration(request.written_ns - request.packet_ns)}", "text"
