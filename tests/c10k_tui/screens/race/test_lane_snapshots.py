"""The look of lanes that are not select, poll or epoll, and of the box that lists them all."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.fixed_lanes import StillLanes
from tests.support.rendered_lines import FILLED, drawn_lines

LARGE, SMALL = (120, 36), (80, 24)
PICTURES = [
    (("process", "thread"), 16, LARGE, "c10k-light"),
    (("thread", "select", "epoll", "io_uring"), 10_000, SMALL, "c10k-ansi"),
]
LINES = [
    (("pool", "epoll-oneshot"), LARGE),
    (("thread", "select", "epoll", "io_uring"), LARGE),
    (("thread", "select", "epoll", "io_uring"), SMALL),
]


def still(lanes, fds, theme="c10k-dark"):
    app = C10KApp(Scenario(fds=fds, lanes=lanes), paused=True, clock=HandClock(), make_race=StillLanes)
    app.theme = theme
    return app


@pytest.mark.parametrize(("lanes", "fds", "size", "theme"), PICTURES)
def test_the_lanes(snap_compare, lanes, fds, size, theme):
    assert snap_compare(still(lanes, fds, theme), terminal_size=size)


@pytest.mark.parametrize(("lanes", "size"), LINES, ids=str)
async def test_the_lines_of_the_lanes_are_the_same_in_dark_and_light(snapshot, lanes, size):
    assert await drawn_lines(still(lanes, 10_000), size, themes=FILLED) == snapshot


def test_the_box_with_all_lanes(snap_compare):
    app = still(("thread", "epoll"), 10_000)
    assert snap_compare(app, terminal_size=LARGE, press=["L", "down", "space"])


async def test_the_lines_of_the_box_on_a_small_terminal(snapshot):
    """With 16 colours nothing can be dimmed, so the race behind the box is not drawn."""
    app = still(("thread", "epoll"), 10_000)
    assert await drawn_lines(app, SMALL, ["L", "down", "space"], themes=FILLED) == snapshot
