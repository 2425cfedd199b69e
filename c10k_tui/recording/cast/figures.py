"""Measured figures as the data of ``k`` events, and back. The data is a JSON object.

========================================= ================================================================
``{"curve":"shown"}``                     the curve screen was opened
``{"curve":"measuring"}``                 a measurement of its points began
``{"table":"measuring"}``                 a measurement of the table of all lanes began
``{"refused":TEXT}``                      nothing can be measured on that machine
``{"point":[MECHANISM,FDS,ACTIVE,WAIT],   a measured point. ``ns`` is null with ``why_not``, the reason;
"ns":NUMBER}``                            ``noisy`` says why the figure is doubtful
``{"lane":[NAME,CONNECTIONS],             a measured lane of the table: CPU time of a request in ns, and
"simulated":[NS,SLEEPS],                  sleeps for it. ``simulated`` and ``measured`` are null if there is
"measured":[NS,SLEEPS]}``                 none; ``why_not`` and ``noisy`` as above
``{"host":{…}}``                          the host lane at the end of a frame: the fields of
                                          :class:`~sim.host.host_view.HostView` that have changed since the
                                          host event before; in the first one, all of them
========================================= ================================================================

``"after":N`` says that a figure acts N frames after the beginning of the pause before it. A file may come
from anywhere, so every value is checked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from c10k_tui.recording.cast.header import plain
from c10k_tui.session.host_lane_switch import MECHANISMS
from c10k_tui.session.measured_figures import (
    CurveShown,
    Figure,
    HostLaneSeen,
    LaneMeasured,
    MeasurementBegun,
    MeasurementRefused,
    PointMeasured,
    TableMeasurementBegun,
)
from sim.host.host_view import HostView, starting_view
from sim.scenario.lanes import LANES

if TYPE_CHECKING:
    from sim.studies.host_comparison import HostComparison

LARGEST = 10**15
"""Largest number in a figure: eleven days in ns."""
_STATES = ("starting", "opening", "running", "failed")
_COUNTS = ("requested", "opened", "wakeups", "last_ready", "played", "answered", "skipped")
_TIMES = ("last_ns", "median_ns", "best_ns")
_WORDS = ("why_fewer", "failure")


class FigureError(ValueError):
    """The data of an event is no measured figure."""


@dataclass(slots=True)
class FigureEncoder:
    """Turns figures into data, one after the other: a host event has only what has changed."""

    _view: HostView | None = None

    def data(self, figure: Figure, after: int | None = None) -> str:
        """The data of an event.

        Args:
            figure: The figure.
            after: Frames since the recording was paused; None while it is not paused.
        """
        values = self._values(figure) | ({} if after is None else {"after": after})
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    def _values(self, figure: Figure) -> dict[str, Any]:
        if isinstance(figure, HostLaneSeen):
            before, self._view = self._view, figure.view
            known = {} if before is None else asdict(before)
            now = asdict(figure.view)
            return {
                "host": {name: now[name] for name in now if name not in known or known[name] != now[name]}
            }
        if isinstance(figure, CurveShown):
            return {"curve": "shown"}
        if isinstance(figure, MeasurementBegun):
            return {"curve": "measuring"}
        if isinstance(figure, MeasurementRefused):
            return {"refused": figure.why_not}
        if isinstance(figure, TableMeasurementBegun):
            return {"table": "measuring"}
        if isinstance(figure, LaneMeasured):
            return _lane_values(figure.comparison)
        point = figure.point
        values: dict[str, Any] = {
            "point": [point.mechanism, point.fds, point.active, point.wait],
            "ns": figure.measured_ns,
        }
        return values | {
            name: words for name in ("why_not", "noisy") if (words := getattr(figure, name)) is not None
        }


@dataclass(slots=True)
class FigureDecoder:
    """Turns data into figures, in the order of the file."""

    _view: HostView | None = None

    def figure(self, data: str) -> tuple[Figure, int | None]:
        """The figure in an event, and the frames since the recording was paused, or None.

        Raises:
            FigureError: the data is no figure.
        """
        try:
            values = json.loads(data)
        except (ValueError, RecursionError):
            raise FigureError from None
        if not isinstance(values, dict):
            raise FigureError
        after = None if "after" not in values else _count(values["after"])
        if isinstance(host := values.get("host"), dict):
            self._view = _host_view(host, self._view)
            return HostLaneSeen(self._view), after
        if "point" in values:
            return _point(values), after
        if "lane" in values:
            return LaneMeasured(_comparison(values)), after
        if "refused" in values:
            return MeasurementRefused(_words(values["refused"]) or "no reason is given"), after
        for (name, value), noted in _NOTED.items():
            if values.get(name) == value:
                return noted, after
        raise FigureError


_NOTED: dict[tuple[str, str], Figure] = {
    ("curve", "shown"): CurveShown(),
    ("curve", "measuring"): MeasurementBegun(),
    ("table", "measuring"): TableMeasurementBegun(),
}


def _point(values: dict[str, Any]) -> PointMeasured:
    from sim.host.measuring.points import Point  # NumPy, which help and errors do without

    written = values["point"]
    if not (isinstance(written, list) and len(written) == 4):
        raise FigureError
    mechanism, fds, active, wait = written
    if not (isinstance(mechanism, str) and isinstance(wait, str)):
        raise FigureError
    try:
        point = Point(mechanism, _count(fds), _count(active), wait)
    except ValueError:
        raise FigureError from None
    measured_ns = None if values.get("ns") is None else _count(values["ns"])
    return PointMeasured(point, measured_ns, _words(values.get("why_not")), _words(values.get("noisy")))


def _lane_values(comparison: HostComparison) -> dict[str, Any]:
    """A measured lane of the table."""
    values: dict[str, Any] = {
        "lane": [comparison.lane, comparison.connections],
        "simulated": None,
        "measured": None,
    }
    if comparison.simulated_ns is not None:
        values["simulated"] = [comparison.simulated_ns, comparison.simulated_sleeps]
    if comparison.measured_ns is not None:
        values["measured"] = [comparison.measured_ns, comparison.measured_sleeps]
    words = {"why_not": comparison.why_not, "noisy": comparison.noise}
    return values | {name: text for name, text in words.items() if text is not None}


def _comparison(values: dict[str, Any]) -> HostComparison:
    from sim.studies.host_comparison import HostComparison  # NumPy

    written = values["lane"]
    if not (isinstance(written, list) and len(written) == 2 and written[0] in tuple(LANES)):
        raise FigureError
    simulated, measured = _cost(values.get("simulated")), _cost(values.get("measured"))
    why_not, noise = _words(values.get("why_not")), _words(values.get("noisy"))
    return HostComparison(written[0], _count(written[1]), *simulated, *measured, why_not, noise)


def _cost(written: object) -> tuple[int | None, float | None]:
    """CPU time of a request in ns, and sleeps for it; None twice if there is none."""
    if written is None:
        return None, None
    if not (isinstance(written, list) and len(written) == 2):
        raise FigureError
    sleeps = written[1]
    if isinstance(sleeps, bool) or not isinstance(sleeps, (int, float)) or not 0 <= sleeps <= LARGEST:
        raise FigureError
    return _count(written[0]), sleeps


def _host_view(written: dict[str, object], before: HostView | None) -> HostView:
    """The state of a host lane, from the state before and what has changed."""
    checked = {name: _host_value(name, value) for name, value in written.items()}
    if before is None:
        if "mechanism" not in checked or "requested" not in checked:
            raise FigureError
        before = starting_view(str(checked["mechanism"]), 0)
    return replace(before, **cast(dict[str, Any], checked))


def _host_value(name: str, value: object) -> object:
    """A field of a host lane's state."""
    if name in _COUNTS:
        return _count(value)
    if name in _TIMES:
        return None if value is None else _count(value)
    if name in _WORDS:
        return _words(value)
    if (
        (name == "last_slept" and isinstance(value, bool))
        or (name == "state" and value in _STATES)
        or (name == "mechanism" and value in MECHANISMS)
    ):
        return value
    raise FigureError


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise FigureError
    return value


def _words(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise FigureError
    return None if value is None else plain(value)
