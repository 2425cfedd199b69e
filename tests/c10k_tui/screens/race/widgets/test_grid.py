"""The grid and the lines as widgets: their drawing, and that they draw only changes again."""

import pytest
from textual.app import App
from textual.color import Color
from textual.geometry import Region

from c10k_tui.screens.race.keys import RACE_BINDINGS
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.text.themes import themes
from c10k_tui.widgets.footer import KeyFooter, items_of, key_of
from c10k_tui.widgets.lines import Lines
from tests.support.lane_frames import FIRST_FD, lane, mask_of, packet, scan

RATE_NS = 1_000


class Stage(App[None]):
    """A screen with one widget on it."""

    CSS = "Grid, Lines { width: 20; height: 5; }"

    def __init__(self, widget, theme="c10k-dark"):
        super().__init__()
        for known in themes():
            self.register_theme(known)
        self.theme = theme
        self.widget = widget
        self.cells = []
        """The cells to which the cursor was moved."""

    def compose(self):
        yield self.widget

    def on_grid_cursor_moved(self, event):
        self.cells.append(event.place)
        event.grid.model.cursor = event.place


def text(widget):
    return [widget.render_line(y).text for y in range(widget.size.height)]


@pytest.fixture
async def grid():
    """A grid in sixteen colours: a glyph for each cell."""
    widget = Grid()
    async with Stage(widget, theme="c10k-ansi").run_test(size=(40, 10)):
        yield widget


@pytest.fixture
async def filled():
    """A grid in many colours: two filled cells for each character."""
    widget = Grid()
    async with Stage(widget).run_test(size=(40, 10)):
        yield widget


def fills(widget, y):
    """Text, colour and background of each segment of a row, by the names of the theme."""
    names: dict[object, str] = {}
    for name, value in widget.app.theme_variables.items():
        if name.startswith("c10k-"):
            names.setdefault(Color.parse(value).rich_color, name.removeprefix("c10k-"))
    return [
        (segment.text, names[segment.style.color], names[segment.style.bgcolor])
        for segment in widget.render_line(y)
    ]


async def test_connections_at_rest_are_two_dots_a_character(filled):
    filled.show(lane(fds=190), 0, RATE_NS)
    assert text(filled) == [":" * 20] * 4 + [":" * 15 + " " * 5]


async def test_each_half_of_a_character_has_the_colour_of_its_cell(filled):
    filled.show(lane(fds=200), 0, RATE_NS)
    records = [packet(10_000, FIRST_FD + 1, 1, 0), packet(10_000, FIRST_FD + 4, 1, 0)]
    records += [packet(10_000, FIRST_FD + 6, 1, 0), packet(10_000, FIRST_FD + 7, 1, 0)]
    filled.show(lane(fds=200, records=records), 10_001, RATE_NS)
    assert fills(filled, 0)[:4] == [
        ("▀", "cell", "arrived"),
        (":", "idle", "cell"),
        ("▀", "arrived", "cell"),
        (" ", "base", "arrived"),
    ]


async def test_the_filled_scan_is_seen_to_sweep(filled):
    filled.show(lane(fds=200, passes=(scan(0, None, 200, position=101),)), 800, RATE_NS)
    first, second, third, *rest = [fills(filled, y) for y in range(5)]
    assert {fill for _, _, fill in first + second} <= {"heat-1", "heat-2", "heat-3", "heat-4"}
    assert third[-2:] == [("▀", "heat-4", "front"), (":" * 9, "idle", "cell")]
    assert rest == [[(":" * 20, "idle", "cell")]] * 2


async def test_big_filled_cells_carry_their_number(filled):
    filled.show(lane(fds=4), 0, RATE_NS)
    assert text(filled)[0].startswith("5 ")


async def test_a_quiet_lane_is_all_dots(grid):
    grid.show(lane(fds=95), 0, RATE_NS)
    assert text(grid) == ["·" * 20] * 4 + ["·" * 15 + " " * 5]


async def test_states_are_drawn_with_their_glyphs(grid):
    grid.show(lane(fds=100), 0, RATE_NS)
    records = [packet(10_000, FIRST_FD + 1, 1, 0), (10_000, 1, FIRST_FD + 2, 64, 0, 1)]
    grid.show(lane(fds=100, poll_mask=mask_of(100, [0]), records=records), 10_001, RATE_NS)
    # The mask is updated from the records: descriptors that no record names have not changed.
    assert text(grid)[0] == "·█▀" + "·" * 17
    grid.model.forget()
    grid.show(lane(fds=100, poll_mask=mask_of(100, [0])), 10_002, RATE_NS)
    assert text(grid)[0] == "▄" + "·" * 19


async def test_the_scan_is_seen_to_sweep(grid):
    running = scan(0, None, 100, position=50)
    grid.show(lane(fds=100, passes=(running,)), 800, RATE_NS)
    first, second, third, *rest = text(grid)
    assert set(first) <= set("░▒▓")
    assert set(second) <= set("░▒▓")
    assert third[10:] == "▌" + "·" * 9
    assert rest == ["·" * 20] * 2


async def test_a_row_has_one_segment_for_each_run(grid):
    grid.show(lane(fds=100, poll_mask=mask_of(100, [3, 4])), 0, RATE_NS)
    assert [segment.text for segment in grid.render_line(0)] == ["···", "▄▄", "·" * 15]


async def test_only_the_changed_stretch_of_a_row_is_drawn_again(grid, monkeypatch):
    grid.show(lane(fds=100), 0, RATE_NS)
    asked = []
    monkeypatch.setattr(grid, "refresh", lambda *regions: asked.extend(regions))
    grid.show(lane(fds=100), 0, RATE_NS)
    assert asked == []
    grid.show(lane(fds=100, records=[packet(5, FIRST_FD + 43, 1, 0)]), 6, RATE_NS)
    assert asked == [Region(3, 2, 1, 1)]


async def test_big_cells_carry_their_number(grid):
    grid.show(lane(fds=4), 0, RATE_NS)
    assert grid.model.layout.pitch_x >= 6
    assert text(grid)[0].startswith("5 ·")
    assert all(len(line) == 20 for line in text(grid))


async def test_another_number_of_descriptors_is_another_layout(grid):
    grid.show(lane(fds=100), 0, RATE_NS)
    grid.show(lane(fds=1_000_000), 0, RATE_NS)
    assert grid.model.layout.k == 10_000
    assert text(grid) == ["·" * 20] * 5


async def test_the_cursor_walks_within_the_cells():
    widget = Grid()
    stage = Stage(widget)
    async with stage.run_test(size=(40, 10)) as pilot:
        widget.show(lane(fds=95), 0, RATE_NS)
        widget.focus()
        for key in ("right", "right", "down", "left", "up", "up", "escape", "escape"):
            await pilot.press(key)
        await pilot.pause(0)
        assert stage.cells == [0, 1, 21, 20, 0, None]


async def test_the_mouse_points_at_cells():
    widget = Grid()
    stage = Stage(widget)
    async with stage.run_test(size=(40, 10)) as pilot:
        widget.show(lane(fds=95), 0, RATE_NS)
        await pilot.hover(Grid, offset=(3, 2))
        await pilot.click(Grid, offset=(4, 2))
        await pilot.hover(Grid, offset=(18, 4))
        await pilot.pause(0)
        assert stage.cells == [43, 44, None]


async def test_lines_repaint_only_those_that_differ(monkeypatch):
    widget = Lines()
    async with Stage(widget).run_test(size=(40, 10)):
        widget.show([(("one", "text"),), (("two", "text"),)])
        assert text(widget)[:3] == ["one".ljust(20), "two".ljust(20), " " * 20]
        asked = []
        monkeypatch.setattr(widget, "refresh", lambda *regions: asked.extend(regions))
        widget.show([(("one", "text"),), (("TWO", "text"),)])
        widget.show([(("one", "text"),)])
        assert asked == [Region(0, 1, 20, 1), Region(0, 1, 20, 1)]


async def test_lines_are_cut_at_the_edge():
    widget = Lines()
    async with Stage(widget).run_test(size=(40, 10)):
        widget.show([(("much too long for this place", "strong"),)])
        assert text(widget)[0] == "much too long for t…"


@pytest.mark.parametrize("theme", [theme.name for theme in themes()])
async def test_a_theme_changes_the_colours(theme):
    widget = Lines()
    async with Stage(widget).run_test(size=(40, 10)) as pilot:
        widget.show([(("select", "select"),)])
        pilot.app.theme = theme
        widget.repaint()
        segment = next(iter(widget.render_line(0)))
        assert segment.style == widget.palette["select"]
        assert segment.style.color is not None


async def test_the_footer_shows_fewer_keys_where_there_is_less_room():
    class Wide(Stage):
        CSS = "KeyFooter { width: 100%; height: 1; }"

    for width, items in ((120, 9), (80, 6), (40, 3)):
        widget = KeyFooter(RACE_BINDINGS)
        async with Wide(widget).run_test(size=(width, 10)):
            line = widget.render_line(0).text
            assert len(line) == width
            assert "help" in line
            assert "quit" in line
            assert sum(item[1] in line for item in items_of(RACE_BINDINGS)) >= items


def test_every_binding_says_what_it_does():
    ids = [binding.id for binding in RACE_BINDINGS]
    assert len(set(ids)) == len(ids)
    for binding in RACE_BINDINGS:
        assert binding.description
        assert binding.tooltip
        assert key_of(binding)
    keys = [key for binding in RACE_BINDINGS for key in binding.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert {"r", "R", "M"} <= set(keys)
