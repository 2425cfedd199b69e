"""Charts made by hand: lines whose every point is known."""

from __future__ import annotations

from typing import Any

from c10k_tui.charts.chart import Chart, ChartPoint, Curve

SELECT = Curve("select", ((10.0, 1e3), (1e4, 1e6)))
"""100 ns a descriptor."""
POLL = Curve("poll", ((10.0, 2e3), (1e4, 2e6)))
EPOLL = Curve("epoll", ((10.0, 4e3), (1e4, 4e3)))


def chart(**known: Any) -> Chart:
    fields: dict[str, Any] = {
        "title": "One wake-up",
        "x_label": "descriptors watched",
        "x_range": (10.0, 1e4),
        "curves": (SELECT, POLL, EPOLL),
    }
    return Chart(**(fields | known))


def measured(name: str, x: float, y: float) -> ChartPoint:
    return ChartPoint(name, "measured", x, y)
