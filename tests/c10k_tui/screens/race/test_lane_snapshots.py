"""The look of lanes that are not select, poll or epoll, and of the box that lists them all."""

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.app.race_app import C10KApp
from sim.scenario.scenario import Scenario
from tests.support.fixed_lanes import StillLanes

LARGE, SMALL = (120, 36), (80, 24)
PICTURES = [
    (("process", "thread"), 16, LARGE, "c10k-light"),
    (("pool", "epoll-oneshot"), 10_000, LARGE, "c10k-dark"),
    (("thread", "select", "epoll", "io_uring"), 10_000, LARGE, "c10k-dark"),
    (("thread", "select", "epoll", "io_uring"), 10_000, SMALL, "c10k-ansi"),
]


def still(lanes, fds, theme="c10k-dark"):
    app = C10KApp(Scenario(fds=fds, lanes=lanes), paused=True, clock=HandClock(), make_race=StillLanes)
    app.theme = theme
    return app


@pytest.mark.parametrize(("lanes", "fds", "size", "theme"), PICTURES)
def test_the_lanes(snap_compare, lanes, fds, size, theme):
    assert snap_compare(still(lanes, fds, theme), terminal_size=size)


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=str)
def test_the_box_with_all_lanes(snap_compare, size):
    app = still(("thread", "epoll"), 10_000)
    assert snap_compare(app, terminal_size=size, press=["L", "down", "space"])
