"""Charts as files: SVG and PNG have the same shapes and the same bytes every time; no file is overwritten."""

import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
from PIL import Image

from c10k_tui.charts.benchmark_charts import charts_of_rows
from c10k_tui.charts.chart import ChartPoint, Curve
from c10k_tui.charts.export import export
from c10k_tui.charts.png import dashes, png_of
from c10k_tui.charts.shapes import PANEL_HEIGHT, PANEL_WIDTH
from c10k_tui.charts.svg import chart_svg, svg_of
from c10k_tui.text.themes import light
from sim.host.measuring.points import points
from sim.machine.costs import BUILT_IN
from sim.scenario.scenario import Share
from sim.studies.benchmark import BenchmarkRow, simulated_ns
from tests.support.known_charts import EPOLL, SELECT, chart, measured

SVG = "{http://www.w3.org/2000/svg}"
FULL = chart(
    rule=1e3,
    rule_label="the race: 1,000 fds",
    marks=(measured("select", 100, 1e4), ChartPoint("epoll", "published", 1e3, 1e6)),
    notes=((("costs & <source>", "dim"),),),
)


def attribute(element: ET.Element, name: str) -> str:
    value = element.get(name)
    assert value is not None
    return value


def test_svg_is_well_formed_and_says_everything():
    root = ET.fromstring(svg_of([FULL]))
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"One wake-up", "select", "poll", "epoll", "simulated", "measured", "published"} <= words
    assert {"the race: 1,000 fds", "select 100 µs", "epoll 4.00 µs", "costs & <source>"} <= words
    circles = list(root.iter(f"{SVG}circle"))
    assert sorted(attribute(circle, "fill") for circle in circles[-2:]) == sorted(
        (light()["c10k-select"], "#ffffff")
    )
    assert root.get("height") == str(PANEL_HEIGHT + 20)


def test_all_shapes_lie_on_the_page():
    root = ET.fromstring(svg_of([FULL, chart()]))
    width, height = int(attribute(root, "width")), int(attribute(root, "height"))
    for line in root.iter(f"{SVG}polyline"):
        for pair in attribute(line, "points").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(attribute(text, "y")) <= height


def test_costs_at_the_rule_stand_above_their_lines_and_apart():
    root = ET.fromstring(svg_of([chart(rule=1e3, curves=(SELECT, Curve("poll", SELECT.points), EPOLL))]))
    labels = {text.text: float(attribute(text, "y")) for text in root.iter(f"{SVG}text")}
    assert labels["poll 100 µs"] - labels["select 100 µs"] in (-17, 17)
    assert max(labels["poll 100 µs"], labels["select 100 µs"]) < labels["epoll 4.00 µs"] - 17


@pytest.mark.parametrize(("rule", "side"), [(200.0, "right"), (2e3, "left")])
def test_the_name_of_the_rule_stands_beside_it_on_the_side_with_more_room(rule, side):
    root = ET.fromstring(svg_of([chart(rule=rule, rule_label="the race")]))
    texts = list(root.iter(f"{SVG}text"))
    name = next(text for text in texts if text.text == "the race")
    line = next(line for line in root.iter(f"{SVG}polyline") if line.get("stroke-dasharray") == "3")
    at_x, rule_x = float(attribute(name, "x")), float(attribute(line, "points").split(",")[0])
    assert (at_x > rule_x) == (side == "right")
    costs = [text for text in texts if (text.text or "").startswith(("select ", "epoll "))]
    assert {float(attribute(text, "x")) for text in costs} == {at_x}


def test_the_same_chart_gives_the_same_bytes():
    assert svg_of([FULL]) == svg_of([FULL])
    assert png_of([FULL]) == png_of([FULL])


def test_png_has_the_same_picture_at_twice_the_size():
    image = Image.open(BytesIO(png_of([FULL]))).convert("RGB")
    assert image.size == (2 * PANEL_WIDTH, 2 * (PANEL_HEIGHT + 20))
    raw = image.tobytes()
    colours = {f"#{raw[at : at + 3].hex()}" for at in range(0, len(raw), 3)}
    assert {light()["c10k-select"], light()["c10k-poll"], light()["c10k-epoll"], "#ffffff"} <= colours


def test_dashes_and_gaps_are_equally_long():
    assert dashes([(0, 0), (10, 0)], 2) == [[(0, 0), (2, 0)], [(4, 0), (6, 0)], [(8, 0), (10, 0)]]
    assert dashes([(0, 0), (3, 0), (3, 3)], 4) == [[(0, 0), (3, 0), (3, 1)]]


def rows_of(fds, actives, waits=("ready",)):
    return [
        BenchmarkRow(point, simulated_ns(point, BUILT_IN), 1_000 if point.fds < 500 else None)
        for point in points(fds, actives, ("select", "poll", "epoll"), waits)
    ]


def test_rows_of_a_benchmark_become_a_chart_for_each_number_of_active_ones():
    charts = charts_of_rows(rows_of((100, 1_000), (1, 3, Share(1_000)), ("ready", "slept")), BUILT_IN)
    assert [chart.title for chart in charts] == [
        f"One wake-up, {busy}: a call that {call}"
        for call in ("finds them ready at once", "sleeps first and is woken")
        for busy in ("1 active", "3 active", "10 % active")
    ]
    for one in charts:
        assert [curve.name for curve in one.curves] == ["select", "poll", "epoll"]
        assert all([x for x, _ in curve.points] == [100, 1_000] for curve in one.curves)
        assert {mark.x for mark in one.marks} == {100}


def test_a_single_number_of_descriptors_can_be_drawn_too():
    root = ET.fromstring(chart_svg(rows_of((100,), (1, Share(10_000))), BUILT_IN))
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert "One wake-up, 1 active: a call that finds them ready at once" in words
    assert "simulated by the cost table built-in" in words


def test_export_states_its_names_and_overwrites_nothing(tmp_path):
    first = export([FULL], "curve", tmp_path)
    assert [path.name for path in first] == ["curve.svg", "curve.png"]
    first[1].write_bytes(b"mine")
    first[0].unlink()
    second = export([FULL], "curve", tmp_path)
    assert [path.name for path in second] == ["curve-2.svg", "curve-2.png"]
    assert first[1].read_bytes() == b"mine"
    assert not first[0].exists()
    assert second[0].read_text(encoding="utf-8") == svg_of([FULL])
    assert second[1].read_bytes() == png_of([FULL])


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        export([FULL], "curve", tmp_path / "nowhere")
