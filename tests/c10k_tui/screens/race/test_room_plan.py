"""The rows of the race screen: the grids get their share at every height, and never lose a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.room_plan import LEAST_HEIGHT, LOWER_PANELS, Panel, plan_rooms
from c10k_tui.screens.race.rooms import Rooms

FIXED = 11
"""Rows of the head, the sentence, the legend, the time line, the keys, and in each lane its frame, one row of
mechanism, its CPU and two rows of words."""
CHOICES = {
    "lanes": st.integers(1, 4),
    "details": st.sampled_from((None, True, False)),
    "panels": st.sets(st.sampled_from(list(Panel)), min_size=1),
    "hosting": st.booleans(),
    "zoomed": st.booleans(),
}


def rows_of(plan):
    extra = plan.inside - 1 + plan.accounts
    return FIXED + plan.grid + extra + plan.bars + plan.host + plan.lower


@given(height=st.integers(LEAST_HEIGHT, 150), choice=st.fixed_dictionaries(CHOICES))
def test_a_taller_terminal_never_takes_a_row_from_the_grids(height, choice):
    lanes = choice.pop("lanes")
    assert plan_rooms(height + 1, lanes, **choice).grid >= plan_rooms(height, lanes, **choice).grid


@given(height=st.integers(LEAST_HEIGHT, 150), choice=st.fixed_dictionaries(CHOICES))
def test_the_parts_fit_into_the_terminal(height, choice):
    lanes = choice.pop("lanes")
    plan = plan_rooms(height, lanes, **choice)
    tight = choice["hosting"] and choice["details"] and height < 30
    assert rows_of(plan) <= height or tight
    assert plan.grid >= 1
    assert not plan.panels or plan.panels == choice["panels"]
    assert bool(plan.lower) == bool(plan.panels & LOWER_PANELS)


@pytest.mark.parametrize(("height", "rows"), [(24, 10), (36, 18), (50, 25), (80, 40), (120, 60)])
def test_the_grids_of_two_lanes_have_the_rows_they_need(height, rows):
    assert plan_rooms(height, 2).grid >= rows
    for lanes in (3, 4):
        assert plan_rooms(height, lanes).grid >= rows / 2


def test_a_large_terminal_shows_the_details_without_a_request():
    assert not plan_rooms(36, 2).panels
    assert plan_rooms(50, 2).panels == set(Panel)
    assert not plan_rooms(50, 2, details=False).panels
    assert plan_rooms(24, 2, details=True).panels == set(Panel)


def test_details_and_single_panels_are_switched():
    rooms = Rooms()

    def plan():
        return rooms.plan(36, ("select", "epoll"), hosting=False)

    rooms.toggle_details(plan())
    assert plan().panels == set(Panel)
    assert rooms.toggle_panel(Panel.COST, plan()) == "cost hidden"
    assert plan().panels == set(Panel) - {Panel.COST}
    rooms.toggle_details(plan())
    assert not plan().panels
    assert rooms.toggle_panel(Panel.PACKETS, plan()) == "packets shown"
    assert plan().panels == {Panel.PACKETS}
    rooms.toggle_panel(Panel.PACKETS, plan())
    assert not plan().panels
    rooms.toggle_details(plan())
    assert plan().panels == set(Panel)


def test_zoom_goes_from_lane_to_lane_and_back_to_all():
    rooms, lanes = Rooms(), ("select", "epoll")
    shown = []
    for _ in range(4):
        rooms.zoom_next(lanes)
        shown.append(rooms.zoomed)
    assert shown == ["select", "epoll", None, "select"]
    assert rooms.plan(36, lanes, hosting=False).grid > 24
    assert rooms.plan(36, ("poll", "epoll"), hosting=False).bars == 2
