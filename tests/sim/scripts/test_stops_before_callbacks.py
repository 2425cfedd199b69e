"""A script stops before each callback too, and names the callback."""

from __future__ import annotations

import pytest

from sim.scripts.loop_frame import frame_of
from sim.scripts.script_output import ScriptOutput
from sim.scripts.task_rows import task_rows
from tests.support.script_files import Written

PROGRAM = """
    import asyncio

    async def work(number):
        await asyncio.sleep(number)  #: sleeps

    async def main():
        await asyncio.gather(*(work(number) for number in (1, 1, 2)))  #: gathers

    asyncio.run(main())
"""


@pytest.fixture
def program(tmp_path):
    return Written(tmp_path, PROGRAM)


def moments(script, count):
    for _ in range(count):
        assert script.run_until(lambda _: True)
        yield script.moment, script.turn_size


def test_each_callback_is_a_moment(program):
    script = program.start()
    seen = list(moments(script, 12))
    assert seen[:5] == [("wait", 0), ("timers", 0), ("callbacks", 1), ("callback", 1), ("over", 1)]
    assert seen[5:] == [
        ("wait", 1),
        ("timers", 1),
        ("callbacks", 3),
        ("callback", 3),
        ("callback", 3),
        ("callback", 3),
        ("over", 3),
    ]
    script.close()


def test_a_step_does_not_stop_before_a_callback(program):
    script = program.start()
    for moment in ("wait", "timers", "callbacks", "over"):
        script.step()
        assert script.moment == moment
    script.close()


def at_callback(script, turn):
    """Run up to the first callback of a turn."""
    assert script.run_until(lambda moment: moment == "callback" and script.record.counters().turns == turn)


def test_the_place_of_the_next_task_is_the_line_at_which_it_continues(program):
    script = program.start()
    at_callback(script, 2)
    rows = {row.name: row for row in task_rows(script.loop)}
    assert [(rows[name].state, rows[name].place) for name in ("Task-2", "Task-3")] == [
        ("running", None),  # their first steps: they have no line yet
        ("ready", None),
    ]
    script.run_until(lambda moment: moment == "wait")
    while task_rows(script.loop)[1].state != "running":
        assert script.run_until(lambda moment: moment == "callback")
    row = task_rows(script.loop)[1]
    assert row.place is not None
    assert (row.name, row.place.line) == ("Task-2", program.line("sleeps"))
    assert [place.function for place in row.stack] == ["work", "sleep"]
    script.close()


def test_a_frame_has_the_next_step_of_the_loop(program):
    script = program.start()
    at_callback(script, 2)
    frame = frame_of(script, 0, 2)
    assert (frame.running, frame.queue, frame.queued) == ("Task-2", ("Task-3", "Task-4"), 2)
    assert (frame.moment, frame.turn_size, frame.active) == ("callback", 3, 1)
    assert frame.states == {"running": 1, "ready": 2, "suspended": 1}
    assert (frame.tasks, [row.name for row in frame.rows]) == (4, ["Task-1", "Task-2"])
    script.run_until(lambda moment: moment == "wait")
    frame = frame_of(script, 1, 10)
    assert (frame.timers, frame.due, frame.waited_ns) == (3, 0, None)
    assert frame.next_timer_ns is not None
    assert frame.next_timer_ns - frame.now_ns == pytest.approx(1e9, rel=1e-3)
    assert [row.number for row in frame.rows] == [2, 3, 4]
    script.run_until(lambda moment: moment == "timers")
    frame = frame_of(script)
    assert (frame.due, frame.queued) == (2, 0)
    assert frame.waited_ns == pytest.approx(1e9, rel=1e-3)
    script.close()


def test_a_frame_before_the_first_line_and_after_the_last(program):
    script = program.start()
    frame = frame_of(script, 0, 5)
    assert (frame.counters, frame.tasks, frame.rows, frame.over) == (None, 0, (), False)
    script.run()
    frame = frame_of(script, 0, 5)
    assert (frame.tasks, frame.rows, frame.over, frame.error, frame.descriptors) == (0, (), True, None, ())
    assert frame.counters is not None
    assert frame.counters.turns == script.record.counters().turns > 4


def test_a_script_ended_before_a_callback_does_not_lose_it(tmp_path, monkeypatch):
    printed: list[bytes] = []
    program = Written(
        tmp_path,
        """
        import asyncio
        async def main():
            try:
                await asyncio.sleep(1)
            finally:
                await asyncio.sleep(1)
                print("cleaned up")
        asyncio.run(main())
        """,
    )
    for stopped in ("callbacks", "callback"):
        output = ScriptOutput()
        script = program.start(output=output)
        while script.kernel.now_ns < 1e9:
            assert script.run_until(lambda moment, at=stopped: moment == at)
        monkeypatch.setattr(output, "take", printed.append)
        script.close()
        assert script.over
        assert script.error is None
        assert b"".join(printed) == b"cleaned up\n"
        printed.clear()
