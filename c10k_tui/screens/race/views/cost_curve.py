"""The cost of a wake-up over the last seconds, one line for each lane, on a logarithmic scale.

A sample is taken several times a second. It is the CPU time spent on waiting between two samples, divided by
the wake-ups between them. With few wake-ups, most of that time belongs to a call that has not returned yet;
then the cost of the last finished call is the sample. No samples are taken while the race is paused.
"""

from __future__ import annotations

from collections import deque
from math import floor, log10

from c10k_tui.text.glyphs import BRAILLE_BASE, BRAILLE_DOTS
from c10k_tui.text.styled_text import Line, pad, width_of
from sim.frames.frame import Frame, LaneFrame
from sim.frames.mechanism import LoopView
from sim.scenario.units import format_duration

SAMPLES = 512
FEW = 8
"""With fewer wake-ups than this between two samples, the last call is the sample."""
_AXIS_WIDTH = 7


class WakeupCostHistory:
    """The samples of the last seconds."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[tuple[int, int | None]]] = {}
        """Time and cost of each sample, by lane. A cost is None before the first wake-up."""
        self._now_ns = 0
        self._seen: dict[str, tuple[int, int]] = {}

    def forget(self) -> None:
        """Drop all samples: another race is shown from now on."""
        self._samples.clear()
        self._seen.clear()

    def cut(self, now_ns: int) -> None:
        """Drop the samples after this time: from here the race continues differently."""
        self._now_ns = now_ns
        for history in self._samples.values():
            while history and history[-1][0] > now_ns:
                history.pop()

    def go_to(self, frame: Frame) -> None:
        """Show the samples up to another time. Later samples are kept for a jump forward."""
        self._now_ns = frame.now_ns
        self._seen = {lane.name: (lane.counters.wakeups, lane.counters.wait_ns) for lane in frame.lanes}

    def _known(self) -> dict[str, list[int | None]]:
        """The samples up to now, of every lane that has samples."""
        known = {
            name: [cost for at_ns, cost in history if at_ns <= self._now_ns]
            for name, history in self._samples.items()
        }
        return {name: costs for name, costs in known.items() if costs}

    def sample(self, frame: Frame) -> None:
        """Take one sample of every lane that has no later samples."""
        self._now_ns = frame.now_ns
        names = {lane.name for lane in frame.lanes}
        for name in [name for name in self._samples if name not in names]:
            del self._samples[name]
        for lane in frame.lanes:
            history = self._samples.setdefault(lane.name, deque(maxlen=SAMPLES))
            cost = self._cost_ns(lane)
            if history and history[0][0] > frame.now_ns:
                history.clear()  # All its samples are later: start over.
            if not history or history[-1][0] <= frame.now_ns:
                history.append((frame.now_ns, cost if cost is not None or not history else history[-1][1]))

    def _cost_ns(self, lane: LaneFrame) -> int | None:
        """Cost of a wake-up since the last sample; None if there was none."""
        wakeups, wait_ns = lane.counters.wakeups, lane.counters.wait_ns
        before_wakeups, before_ns = self._seen.get(lane.name, (0, 0))
        if wakeups - before_wakeups <= 0:
            return None
        self._seen[lane.name] = (wakeups, wait_ns)
        if wakeups - before_wakeups < FEW and isinstance(lane.mechanism, LoopView):
            return lane.mechanism.round.loop_ns + lane.mechanism.round.epoll_ns
        if wakeups - before_wakeups < FEW and lane.call is not None:
            return lane.call.cost_ns
        return (wait_ns - before_ns) // (wakeups - before_wakeups)

    def lines(self, width: int, height: int) -> list[Line]:
        """The curve in ``height`` lines of ``width`` cells, with the newest sample at the right."""
        known = self._known()
        names = list(known)
        latest = {name: costs[-1] for name, costs in known.items()}
        tags = {name: _tag(name, latest.get(name)) for name in names}
        tag_width = max([width_of(tag) for tag in tags.values()], default=0)
        plot_width = max(1, width - _AXIS_WIDTH - tag_width - 1)
        low, high = _decades(known, plot_width * 2)
        dots = [[(0, "frame")] * plot_width for _ in range(height)]
        tag_rows: dict[int, Line] = {}
        for name in names:
            _draw(dots, name, known[name], low, high)
            value = latest.get(name)
            if value is not None and len(tag_rows) < height:
                row = _row_of(value, low, high, height)
                while row in tag_rows:
                    row = row + 1 if row + 1 < height else 0
                tag_rows[row] = tags[name]
        lines = []
        for y in range(height):
            axis = _axis(y, height, low, high)
            lines.append(pad((*axis, *_braille(dots[y]), (" ", "text"), *tag_rows.get(y, ())), width))
        return lines


def _decades(known: dict[str, list[int | None]], points: int) -> tuple[float, float]:
    """Whole decades around the shown costs, as powers of ten; at least two decades."""
    shown = [v for costs in known.values() for v in costs[-points:] if v]
    if not shown:
        return 2.0, 6.0
    low, high = floor(log10(min(shown))), floor(log10(max(shown))) + 1
    return float(min(low, high - 2)), float(high)


def _draw(
    rows: list[list[tuple[int, str]]], name: str, costs: list[int | None], low: float, high: float
) -> None:
    """Draw the samples of one lane into rows of braille."""
    width, height = len(rows[0]), len(rows)
    points = costs[-width * 2 :]
    offset = width * 2 - len(points)
    last: int | None = None
    for index, value in enumerate(points):
        if not value:
            last = None
            continue
        level = (log10(value) - low) / (high - low)
        dot = min(height * 4 - 1, max(0, round((1 - level) * (height * 4 - 1))))
        x = offset + index
        for y in range(min(dot, dot if last is None else last), max(dot, dot if last is None else last) + 1):
            bits, _ = rows[y // 4][x // 2]
            rows[y // 4][x // 2] = (bits | BRAILLE_DOTS[x % 2][y % 4], name)
        last = dot


def _tag(name: str, value: int | None) -> Line:
    return ((f"{name} ", name), (format_duration(value) if value is not None else "–", "strong"))


def _row_of(value: int, low: float, high: float, height: int) -> int:
    level = (log10(max(1, value)) - low) / (high - low)
    return min(height - 1, max(0, int((1 - level) * height)))


def _axis(y: int, height: int, low: float, high: float) -> Line:
    """The label at the top or at the bottom of the scale."""
    if y == 0:
        text = format_round(high)
    elif y == height - 1:
        text = format_round(low)
    else:
        text = ""
    return ((text.rjust(_AXIS_WIDTH - 1), "dim"), ("│", "frame"))


def format_round(power: float) -> str:
    """Ten to this power, in nanoseconds, as one short word."""
    units = ("ns", "µs", "ms", "s")
    index = min(3, max(0, int(power) // 3))
    return f"{10 ** (int(power) - 3 * index)} {units[index]}"


def _braille(row: list[tuple[int, str]]) -> Line:
    spans: list[tuple[str, str]] = []
    for bits, role in row:
        glyph = chr(BRAILLE_BASE + bits) if bits else " "
        if spans and (spans[-1][1] == role or not bits):
            spans[-1] = (spans[-1][0] + glyph, spans[-1][1])
        else:
            spans.append((glyph, role))
    return tuple(spans)
