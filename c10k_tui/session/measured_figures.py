"""Figures measured on the machine's kernel, on their way to the screens that show them.

A simulated figure comes out the same each time, a measured one does not. So a recording keeps the measured
figures as events of their own, and a replay shows those and measures nothing. While the app runs frame by
frame, each figure reaches its screen in a frame: after its keys, before its picture. So the picture of a
frame depends only on the file.

Some facts are kept beside the figures, because a replay must take the keys in the same way: that the curve
was shown, that a measurement began, and that nothing could be measured. A recording of an older version has
none of them. There the keys were refused, so a replay refuses them too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.host.host_view import HostView
    from sim.host.measuring.points import Point
    from sim.studies.host_comparison import HostComparison


@dataclass(frozen=True, slots=True)
class CurveShown:
    """The curve screen was opened."""


@dataclass(frozen=True, slots=True)
class MeasurementBegun:
    """A measurement of points of the curve began."""


@dataclass(frozen=True, slots=True)
class TableMeasurementBegun:
    """A measurement of the table of all lanes began."""


@dataclass(frozen=True, slots=True)
class MeasurementRefused:
    """Nothing can be measured on this machine."""

    why_not: str
    """The reason, in one line."""


@dataclass(frozen=True, slots=True)
class PointMeasured:
    """A point of the curve was measured, or could not be measured."""

    point: Point
    measured_ns: int | None
    """None if it could not be measured."""
    why_not: str | None = None
    """The reason, in one line; None if it was measured."""
    noisy: str | None = None
    """Reason to doubt the figure, in one line; None if there is none."""


@dataclass(frozen=True, slots=True)
class LaneMeasured:
    """A lane of the table was measured, or could not be measured."""

    comparison: HostComparison


@dataclass(frozen=True, slots=True)
class HostLaneSeen:
    """The state of the host lane at the end of a frame."""

    view: HostView


GivenFigure = PointMeasured | LaneMeasured | MeasurementRefused
"""A figure that a worker thread measures, and a screen takes."""
NotedFigure = CurveShown | MeasurementBegun | TableMeasurementBegun
"""What a key led to."""
Figure = GivenFigure | NotedFigure | HostLaneSeen
FigureTaker = Callable[[GivenFigure], None]


class FigureSource(Enum):
    """The place that measured figures come from."""

    MACHINE = "this machine, now"
    RECORDING = "a recording"
    NOWHERE = "a script of keys, which must give the same bytes each time"


@dataclass(slots=True)
class MeasuredFigures:
    """Passes measured figures to the screens.

    Attributes:
        source: The place that figures come from.
        in_frames: True while the app runs frame by frame.
        host_view: The newest recorded state of the host lane; None if there is none yet.
    """

    source: FigureSource = FigureSource.MACHINE
    in_frames: bool = False
    host_view: HostView | None = None
    _recorded: dict[int, list[Figure]] = field(default_factory=dict)
    _kinds: frozenset[type[Figure]] = frozenset()
    _offered: deque[GivenFigure] = field(default_factory=deque)
    """Figures from worker threads that wait to be passed on."""
    _taker: FigureTaker | None = None
    _of_frame: list[Figure] = field(default_factory=list)
    """Figures of the current frame, in the order in which they act."""

    # -- what screens ask -----------------------------------------------------------------

    @property
    def measures(self) -> bool:
        """True if screens measure on this machine now."""
        return self.source is FigureSource.MACHINE

    def refuses(self, kind: type[Figure]) -> bool:
        """True if a key that leads to this kind of figure has to be refused."""
        if self.source is FigureSource.RECORDING:
            return kind not in self._kinds
        return self.source is FigureSource.NOWHERE and kind is not CurveShown

    def note(self, figure: NotedFigure) -> None:
        """Note for the recording that a key had its effect."""
        if self.in_frames:
            self._of_frame.append(figure)

    def offer(self, figure: GivenFigure) -> None:
        """Keep a figure until it is passed on; a worker thread may call this."""
        self._offered.append(figure)

    def give_to(self, taker: FigureTaker | None) -> None:
        """Choose who takes the figures from now on; None for nobody. Earlier figures are dropped."""
        self._offered.clear()
        self._taker = taker

    # -- frame by frame -------------------------------------------------------------------

    def begin_frames(self, source: FigureSource, recorded: Sequence[tuple[int, Figure]] = ()) -> None:
        """The app runs frame by frame from now on.

        Args:
            source: The place that figures come from.
            recorded: The figures of a recording, with the frames in which they act.
        """
        self.source, self.in_frames = source, True
        self.host_view = None
        self._recorded = {}
        for frame, figure in recorded:
            self._recorded.setdefault(frame, []).append(figure)
        self._kinds = frozenset(type(figure) for _, figure in recorded)
        self._of_frame.clear()

    def pass_on(self, frame: int) -> None:
        """Give the figures of a frame to the screens; its keys have been handled."""
        if self.source is not FigureSource.RECORDING:
            self.pass_on_offered()
            return
        for figure in self._recorded.get(frame, ()):
            if isinstance(figure, HostLaneSeen):
                self.host_view = figure.view
            elif isinstance(figure, GivenFigure):
                self._give(figure)

    def pass_on_offered(self) -> None:
        """Give the figures that worker threads have offered to the screens."""
        for _ in range(len(self._offered)):
            self._give(self._offered.popleft())

    def _give(self, figure: GivenFigure) -> None:
        if self._taker is not None:
            self._taker(figure)
            if self.in_frames:
                self._of_frame.append(figure)

    def collect(self) -> tuple[Figure, ...]:
        """The figures of the current frame, for the recording; the next frame begins without any."""
        figures = tuple(self._of_frame)
        self._of_frame.clear()
        return figures

    def end_frames(self) -> None:
        """The app runs freely from now on, and measures on this machine."""
        self.source, self.in_frames = FigureSource.MACHINE, False
