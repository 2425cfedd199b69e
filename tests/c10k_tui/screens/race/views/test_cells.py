"""The grid as numbers: layout, heat, states, and the cells to draw again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.grid_cells import (
    ARRIVED,
    ARRIVED_S,
    CURSOR,
    FRONT,
    HEAT_LEVELS,
    NAMED,
    NOTHING,
    READ,
    READ_S,
    READY,
    TRAIL_S,
    CellModel,
    heat_of,
)
from c10k_tui.screens.race.views.grid_layout import arrange
from sim.machine.records import Kind
from tests.support.lane_frames import FIRST_FD, lane, mask_of, packet, scan

RATE_NS = 1_000
"""Virtual nanoseconds per wall second in these tests."""


def read(time_ns, fd):
    return (time_ns, Kind.READ, fd, 64, 0, 1)


def model_of(fds, width, height):
    model = CellModel()
    model.resize(fds, width, height)
    return model


def state_at(model, cell):
    x, y = model.layout.corner_of(cell)
    return (int(model.codes[y, x]) & 0xFF) // HEAT_LEVELS


@given(fds=st.integers(1, 1_000_000), width=st.integers(1, 200), height=st.integers(1, 60))
def test_a_layout_has_a_place_for_every_descriptor_and_no_smaller_k_would_do(fds, width, height):
    layout = arrange(fds, width, height)
    assert layout.cells * layout.k >= fds
    assert layout.rows * layout.pitch_y <= height + 1
    assert layout.columns * layout.pitch_x <= width + 1
    assert layout.k == 1 or -(-fds // (layout.k - 1)) > width * height
    assert layout.block(layout.places - 1)[1] == fds - 1


@given(fds=st.integers(1, 1_000_000), width=st.integers(1, 200), height=st.integers(1, 60))
def test_stacked_cells_are_half_as_many_descriptors_each(fds, width, height):
    layout = arrange(fds, width, height, stacked=2)
    assert layout.cells * layout.k >= fds
    assert layout.rows * layout.pitch_y <= height + 1
    assert layout.k == 1 or -(-fds // (layout.k - 1)) > 2 * width * height
    assert layout.stacked == (1 if fds <= width * height else 2)
    assert layout.block(layout.places - 1)[1] == fds - 1


@given(
    fds=st.integers(1, 5_000),
    width=st.integers(8, 120),
    height=st.integers(2, 40),
    stacked=st.sampled_from((1, 2)),
    data=st.data(),
)
def test_the_corner_of_a_place_leads_back_to_it(fds, width, height, stacked, data):
    layout = arrange(fds, width, height, stacked=stacked)
    place = data.draw(st.integers(0, layout.places - 1))
    x, y = layout.corner_of(place)
    assert 0 <= x < width
    assert 0 <= y < height
    assert layout.place_at(x, y) == place


def test_places_beside_the_cells_belong_to_none():
    layout = arrange(10, 4, 3)
    assert layout.place_at(3, 2) is None
    assert layout.place_at(-1, 0) is None
    assert layout.place_at(0, 99) is None


def test_few_descriptors_get_big_cells():
    layout = arrange(16, 58, 12)
    assert layout.k == 1
    assert layout.pitch_x >= 8
    assert layout.pitch_y >= 3


def test_ten_thousand_in_58_by_12_are_fifteen_to_a_cell():
    assert arrange(10_000, 58, 12).k == 15


def test_the_front_is_hottest_and_passed_cells_cool_with_age():
    layout = arrange(100, 100, 1)
    heat = heat_of([scan(0, None, 100, position=60)], 600, layout, FIRST_FD, trail_ns=400)
    assert heat[60] == FRONT
    assert list(heat[61:]) == [0] * 39
    assert list(heat[:60]) == sorted(heat[:60])
    assert set(heat[:60]) == {0, 1, 2, 3, 4}


def test_a_finished_pass_glows_until_the_trail_is_over():
    layout = arrange(10, 10, 1)
    finished = [scan(0, 100, 10)]
    assert heat_of(finished, 101, layout, FIRST_FD, trail_ns=1_000).min() == 3
    assert heat_of(finished, 900, layout, FIRST_FD, trail_ns=1_000).min() > 0
    assert heat_of(finished, 1_200, layout, FIRST_FD, trail_ns=1_000).max() == 0


def test_a_new_pass_overwrites_the_heat_of_the_one_before_only_where_it_has_been():
    layout = arrange(10, 10, 1)
    heat = heat_of([scan(0, 100, 10), scan(900, None, 10, position=5)], 950, layout, FIRST_FD, trail_ns=1_000)
    assert list(heat[:5]) == [4] * 5
    assert heat[5] == FRONT
    assert list(heat[6:]) == [1] * 4


def test_without_passes_no_cell_is_ever_hot():
    assert not heat_of([], 10**9, arrange(1_000, 20, 10), FIRST_FD, trail_ns=10**6).any()


def test_a_block_is_ready_while_one_of_its_descriptors_is():
    model = model_of(100, 5, 2)
    assert model.layout.k == 10
    model.show(lane(fds=100, poll_mask=mask_of(100, [42, 43])), 0, RATE_NS)
    assert [state_at(model, cell) for cell in range(10)] == [0, 0, 0, 0, READY, 0, 0, 0, 0, 0]
    later = 10_000
    model.show(lane(fds=100, poll_mask=mask_of(100, [43]), records=[read(0, FIRST_FD + 42)]), later, RATE_NS)
    assert state_at(model, 4) == READY
    model.show(lane(fds=100, records=[read(0, FIRST_FD + 43)]), later, RATE_NS)
    assert state_at(model, 4) == 0


def test_an_arrival_and_a_read_flash_and_then_go_out():
    model = model_of(10, 10, 1)
    model.show(lane(), 0, RATE_NS)
    fd = FIRST_FD + 3
    model.show(lane(poll_mask=mask_of(10, [3]), records=[packet(1_000, fd, 1, 0)]), 1_001, RATE_NS)
    assert state_at(model, 3) == ARRIVED
    model.show(lane(poll_mask=mask_of(10, [3])), 1_001 + int(ARRIVED_S * RATE_NS), RATE_NS)
    assert state_at(model, 3) == READY
    model.show(lane(records=[read(2_000, fd)]), 2_001, RATE_NS)
    assert state_at(model, 3) == READ
    model.show(lane(), 2_001 + int(READ_S * RATE_NS), RATE_NS)
    assert state_at(model, 3) == 0


def test_a_packet_that_is_read_at_once_is_seen_to_arrive_and_then_to_be_read():
    model = model_of(10, 10, 1)
    model.show(lane("epoll"), 0, RATE_NS)
    fd = FIRST_FD + 3
    model.show(lane("epoll", records=[packet(1_000, fd, 1, 0), read(1_001, fd)]), 1_002, RATE_NS)
    assert state_at(model, 3) == ARRIVED
    model.show(lane("epoll"), 1_002 + int(ARRIVED_S * RATE_NS), RATE_NS)
    assert state_at(model, 3) == READ


def test_only_what_changed_is_drawn_again():
    model = model_of(100, 10, 10)
    model.show(lane(fds=100), 0, RATE_NS)
    assert model.show(lane(fds=100), 0, RATE_NS) == []
    changes = model.show(lane(fds=100, records=[packet(5, FIRST_FD + 34, 1, 0)]), 6, RATE_NS)
    assert changes == [(3, 4, 5)]


def test_the_cursor_is_part_of_the_code():
    model = model_of(10, 10, 1)
    model.cursor = 7
    model.show(lane(), 0, RATE_NS)
    assert model.codes[0, 7] == CURSOR * 257
    assert (model.codes == CURSOR * 257).sum() == 1


def test_a_character_shows_two_stacked_cells_the_first_above():
    model = CellModel()
    model.resize(40, 10, 2, stacked=2)
    records = [packet(0, FIRST_FD + 6, 1, 0), packet(0, FIRST_FD + 9, 1, 0)]
    model.show(lane(fds=40, records=records), 1, RATE_NS)
    arrived = ARRIVED * HEAT_LEVELS
    assert model.codes[0, 3:5].tolist() == [arrived, arrived * 256]
    assert (model.codes != 0).sum() == 2


def test_the_cursor_covers_both_cells_of_its_place():
    model = CellModel()
    model.resize(40, 10, 2, stacked=2)
    model.cursor = 12
    model.show(lane(fds=40), 0, RATE_NS)
    assert model.codes[1, 2] == CURSOR * 257
    assert (model.codes != 0).sum() == 1


def test_places_without_a_descriptor_stay_blank():
    model = model_of(13, 10, 2)
    model.show(lane(fds=13), 0, RATE_NS)
    assert (model.codes != NOTHING).sum() == 13


@given(st.data())
def test_following_the_records_gives_what_reading_the_whole_mask_gives(data):
    fds, width, height = 60, 4, 5
    followed = model_of(fds, width, height)
    ready: set[int] = set()
    followed.show(lane(fds=fds), 0, RATE_NS)
    for step in range(1, 6):
        touched = data.draw(st.lists(st.integers(0, fds - 1), max_size=8))
        now_ns = step * 1_000_000
        records = []
        for index in touched:
            ready ^= {index}
            old_ns = now_ns - 900_000
            records.append(
                packet(old_ns, FIRST_FD + index, 1, 0) if index in ready else read(old_ns, FIRST_FD + index)
            )
        shown = lane(fds=fds, poll_mask=mask_of(fds, sorted(ready)), records=records)
        followed.show(shown, now_ns, RATE_NS)
        rebuilt = model_of(fds, width, height)
        rebuilt.show(lane(fds=fds, poll_mask=mask_of(fds, sorted(ready))), now_ns, RATE_NS)
        assert np.array_equal(followed.codes, rebuilt.codes)


@pytest.mark.parametrize("lost", [0, 7])
def test_lost_or_too_many_records_make_it_read_the_mask(lost):
    model = model_of(100, 10, 10)
    model.show(lane(fds=100), 0, RATE_NS)
    records = [] if lost else [packet(0, FIRST_FD + 1, 1, 0)] * (NAMED + 1)
    shown = lane(fds=100, poll_mask=mask_of(100, [77]), records=records, records_lost=lost)
    model.show(shown, int(TRAIL_S * RATE_NS), RATE_NS)
    assert state_at(model, 77) == READY


def test_records_of_other_descriptors_are_left_alone():
    model = model_of(10, 10, 1)
    strangers = [packet(0, FIRST_FD - 1, 0, 0), packet(0, FIRST_FD + 10, 0, 1), (0, Kind.CALL, -1, 10, 0, 1)]
    model.show(lane(records=strangers), 1, RATE_NS)
    assert (model.codes == 0).all()


def test_another_race_starts_from_its_own_mask():
    model = model_of(10, 10, 1)
    model.show(lane(poll_mask=mask_of(10, [2])), 0, RATE_NS)
    model.forget()
    model.show(lane(poll_mask=mask_of(10, [8])), 0, RATE_NS)
    assert [state_at(model, cell) for cell in range(10)] == [0] * 8 + [READY, 0]
