"""Everything of a chart lies inside its frame: in the terminal, and in the exported files."""

import pytest

from c10k_tui.charts.png import png_of
from c10k_tui.charts.svg import svg_of
from c10k_tui.screens.curve.model import CurveModel
from c10k_tui.screens.curve.views.plot import plot_lines
from c10k_tui.text.styled_text import width_of
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Scenario, Share
from sim.studies.published_papers import PAPERS
from tests.support.paused_app import stand

SIZES = ((78, 20), (150, 40), (8, 4), (0, 0))


def charts(fds, active):
    """The chart of a race on both axes, then that of each paper."""
    model = CurveModel(Scenario(fds=fds, active=active), BUILT_IN)
    for turn in (lambda: None, model.turn_axis, *(model.turn_paper for _ in PAPERS)):
        turn()
        model.learn((point, 1_000 * (place % 7 + 1)) for place, point in enumerate(model.points()))
        yield model.chart()


@pytest.mark.parametrize("fds", [1, 2, 16, 100_000, 100_001, 1_000_000])
@pytest.mark.parametrize("active", [1, Share(1), Share(1_000), Share(10_000)])
def test_rule_and_points_lie_between_the_ends_of_the_axis(fds, active):
    for chart in charts(fds, active):
        places = [x for curve in chart.curves for x, _ in curve.points] + [mark.x for mark in chart.marks]
        low, high = chart.x_range
        assert all(low <= x <= high for x in (*places, *([] if chart.rule is None else [chart.rule])))
        for width, height in SIZES:
            for line in plot_lines(chart, width, height):
                assert width < 8 or width_of(line) <= max(width, 23)


def test_a_rule_beyond_all_points_is_drawn_in_the_files_too():
    chart = next(charts(1_000_000, Share(10_000)))
    assert chart.x_range[1] == 1_000_000
    assert svg_of([chart]).count("the race: 1,000,000 fds") == 1
    assert png_of([chart]).startswith(b"\x89PNG")


async def test_all_active_and_a_million_on_the_screen():
    async with stand(Scenario(), size=(80, 24), paused=True) as it:
        await it.press("f4", "+", "+", "+", "+", "v", "+", "]", "x")
        assert "One wake-up" in it.text()
