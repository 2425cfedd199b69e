"""The grid of lanes whose tasks share the CPU, and of lanes that receive completions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.grid_cells import (
    ARRIVED,
    ARRIVED_S,
    BLOCKED,
    COMPLETED,
    FRONT,
    HEAT_LEVELS,
    IDLE,
    RAN,
    READY,
    RUNNABLE,
    RUNNING,
    TRAIL_S,
    CellModel,
)
from c10k_tui.screens.race.widgets.grid import Grid
from c10k_tui.text import glyphs
from sim.frames.frame import TaskState, TaskView
from sim.frames.mechanism import IocpView
from sim.machine.records import Effect, Kind
from sim.race.race import Race
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario, Share
from tests.c10k_tui.screens.race.widgets.test_grid import Stage, text
from tests.support.lane_frames import FIRST_FD, lane, mask_of, packet
from tests.support.lane_races import NO_FLASH_NS, frames

RATE_NS = 1_000
NONE, ASLEEP, COULD, HAS_CPU = TaskState.NONE, TaskState.BLOCKED, TaskState.RUNNABLE, TaskState.RUNNING


def tasks(states):
    at = np.array(states, np.uint8)
    running, runnable, blocked = (int((at == state).sum()) for state in (HAS_CPU, COULD, ASLEEP))
    return TaskView(running, runnable, blocked, 0, at)


def crew(states, name="thread", **known):
    return lane(name, len(states), tasks=tasks(states), **known)


def model_of(fds, width, height):
    model = CellModel()
    model.resize(fds, width, height)
    return model


def look_at(model, cell):
    """State and heat of a cell."""
    x, y = model.layout.corner_of(cell)
    return divmod(int(model.codes[y, x]) & 0xFF, HEAT_LEVELS)


def test_each_task_shows_what_it_does():
    model = model_of(4, 4, 1)
    model.show(crew([ASLEEP, COULD, HAS_CPU, NONE]), 0, RATE_NS)
    assert [look_at(model, cell)[0] for cell in range(4)] == [BLOCKED, RUNNABLE, RUNNING, IDLE]


def test_of_a_block_the_strongest_state_counts():
    model = model_of(12, 3, 1)
    states = [ASLEEP] * 3 + [HAS_CPU] + [ASLEEP, COULD, ASLEEP, ASLEEP] + [NONE, ASLEEP, NONE, NONE]
    model.show(crew(states), 0, RATE_NS)
    assert [look_at(model, cell)[0] for cell in range(3)] == [RUNNING, RUNNABLE, BLOCKED]


def test_who_has_just_run_glows_and_cools_down():
    model = model_of(3, 3, 1)
    trail_ns = int(TRAIL_S * RATE_NS)
    model.show(crew([ASLEEP] * 3), 0, RATE_NS)
    model.show(crew([ASLEEP] * 3, records=[(1_000, Kind.SLEEP, FIRST_FD + 1, 0, 0, 1)]), 1_000, RATE_NS)
    heats = []
    for age in (0, trail_ns // 5, trail_ns // 2, trail_ns * 9 // 10, trail_ns + 1):
        model.show(crew([ASLEEP] * 3), 1_000 + age, RATE_NS)
        heats.append(look_at(model, 1))
        assert look_at(model, 0) == look_at(model, 2) == (BLOCKED, 0)
    assert heats == [(RAN, 4), (RAN, 3), (RAN, 2), (RAN, 1), (BLOCKED, 0)]


def test_who_is_seen_running_leaves_a_trail_without_any_record():
    model = model_of(1, 1, 1)
    model.show(crew([HAS_CPU]), 5_000, RATE_NS)
    model.show(crew([ASLEEP]), 5_001, RATE_NS)
    assert look_at(model, 0) == (RAN, 4)


def test_a_packet_is_seen_to_wake_its_task():
    model = model_of(2, 2, 1)
    model.show(crew([ASLEEP, ASLEEP]), 0, RATE_NS)
    woken = packet(1_000, FIRST_FD, Effect.WOKE_TASK, 0)
    model.show(crew([COULD, ASLEEP], poll_mask=mask_of(2, [0]), records=[woken]), 1_001, RATE_NS)
    assert look_at(model, 0) == (RUNNABLE, FRONT)
    later = 1_001 + int(ARRIVED_S * RATE_NS)
    model.show(crew([COULD, ASLEEP], poll_mask=mask_of(2, [0])), later, RATE_NS)
    assert look_at(model, 0) == (RUNNABLE, 0)


def test_a_descriptor_without_a_worker_shows_its_data():
    model = model_of(2, 2, 1)
    model.show(crew([NONE, NONE], "pool"), 0, RATE_NS)
    came = packet(1_000, FIRST_FD, Effect.READY_LIST, 0)
    model.show(crew([NONE, NONE], "pool", poll_mask=mask_of(2, [0]), records=[came]), 1_001, RATE_NS)
    assert look_at(model, 0) == (ARRIVED, 0)
    later = 1_001 + int(ARRIVED_S * RATE_NS)
    model.show(crew([NONE, NONE], "pool", poll_mask=mask_of(2, [0])), later, RATE_NS)
    assert look_at(model, 0) == (READY, 0)


@given(frame=frames(), width=st.integers(5, 60), height=st.integers(1, 12))
def test_the_cells_of_a_race_show_the_work_of_its_tasks(frame, width, height):
    for shown in frame.lanes:
        if shown.tasks is None:
            continue
        model = model_of(shown.fds, width, height)
        model.show(shown, frame.now_ns, NO_FLASH_NS)
        for cell in range(model.layout.cells):
            first, last = model.layout.block(cell)
            strongest = int(shown.tasks.states[first : last + 1].max())
            state, _ = look_at(model, cell)
            wanted = {HAS_CPU: {RUNNING}, COULD: {RUNNABLE}, ASLEEP: {BLOCKED}, NONE: {IDLE}}[strongest]
            assert state in wanted | ({READY, RAN, ARRIVED} if strongest in (ASLEEP, NONE) else set())


@given(frame=frames())
def test_only_lanes_of_several_tasks_show_them_and_only_completions_complete(frame):
    for shown in frame.lanes:
        model = model_of(shown.fds, 30, 8)
        model.show(shown, frame.now_ns, RATE_NS)
        cells = model.codes & 0xFF
        states = set((cells[cells < 64] // HEAT_LEVELS).tolist())
        assert shown.kind.has_tasks or not states & {BLOCKED, RAN, RUNNABLE, RUNNING}
        assert shown.kind.completes or COMPLETED not in states
        assert shown.kind.has_tasks == (shown.tasks is not None)


@pytest.mark.parametrize("name", [name for name, kind in LANES.items() if kind.completes])
def test_data_that_is_not_yet_answered_counts_as_completed(name):
    race = Race(Scenario(fds=200, active=Share(10_000), burst=60, rate=100_000, lanes=(name,)))
    model = model_of(200, 20, 10)
    seen = 0
    for now_ns in range(0, 3_000_000, 3_000):
        race.advance(now_ns)
        (shown,) = race.frame().lanes
        model.show(shown, now_ns, NO_FLASH_NS)
        completed = {cell for cell in range(200) if look_at(model, cell)[0] == COMPLETED}
        seen += len(completed)
        if shown.activity == "sleeping" and name != "io_uring-sqpoll":  # its thread may still send
            assert not completed
        if isinstance(shown.mechanism, IocpView):
            arriving = {record[2] for record in shown.records if record[0] == now_ns}
            queued = set(shown.mechanism.queued_keys) - arriving
            assert {fd - shown.first_fd for fd in queued} <= completed
    assert seen > 100


def test_an_answer_in_pieces_ends_with_the_last_one():
    model = model_of(2, 2, 1)
    model.show(lane("iocp", 2), 0, NO_FLASH_NS)
    came = (100, Kind.READ, FIRST_FD, 64, 0, 1)
    model.show(lane("iocp", 2, records=[came, (110, Kind.WRITE, FIRST_FD, 40, 0, 2)]), 200, NO_FLASH_NS)
    assert look_at(model, 0)[0] == COMPLETED
    model.show(lane("iocp", 2, records=[(210, Kind.WRITE, FIRST_FD, 24, 0, 3)]), 300, NO_FLASH_NS)
    assert look_at(model, 0)[0] == IDLE


@pytest.mark.parametrize("kind", [Kind.CLOSE, Kind.DROP])
def test_what_ends_is_not_completed_any_more(kind):
    model = model_of(2, 2, 1)
    model.show(lane("io_uring", 2), 0, NO_FLASH_NS)
    records = [(100, Kind.READ, FIRST_FD, 64, 0, 1), (150, kind, FIRST_FD, 0, 4, 2)]
    model.show(lane("io_uring", 2, records=records), 200, NO_FLASH_NS)
    assert look_at(model, 0)[0] == IDLE


async def test_tasks_are_drawn_with_their_glyphs():
    grid = Grid()
    async with Stage(grid, theme="c10k-ansi").run_test(size=(40, 10)):
        grid.show(crew([ASLEEP] * 96 + [COULD, HAS_CPU, NONE, ASLEEP]), 0, RATE_NS)
        assert text(grid)[0] == glyphs.BLOCKED * 20
        assert text(grid)[4] == glyphs.BLOCKED * 16 + "┃»·┊"
        grid.show(crew([ASLEEP] * 100), int(TRAIL_S * RATE_NS) // 5, RATE_NS)
        assert text(grid)[4] == glyphs.BLOCKED * 17 + glyphs.RAN[2] + glyphs.BLOCKED * 2
