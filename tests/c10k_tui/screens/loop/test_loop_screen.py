"""The Loop screen, key by key: a real script on the simulated kernel, stepped through its turns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from c10k_tui.screens.loop.keys import LOOP_BINDINGS
from c10k_tui.widgets.footer import key_of
from sim.scripts.script import Script
from tests.support.script_files import Written
from tests.support.watched_script import watched

EXAMPLES = Path(__file__).parents[4] / "examples"

ECHO = """
    import asyncio

    async def serve(reader, writer):
        while data := await reader.read(100):  #: reads
            writer.write(data.upper())
        writer.close()

    async def client():
        reader, writer = await asyncio.open_connection("localhost", 8080)
        await asyncio.sleep(3600)  #: sleeps
        writer.write(b"hello")
        print((await reader.read(100)).decode())  #: answered
        writer.close()

    async def main():
        async with await asyncio.start_server(serve, "localhost", 8080):
            await asyncio.create_task(client(), name="the client")  #: joins

    asyncio.run(main())
"""


@pytest.fixture
def echo(tmp_path):
    return Written(tmp_path, ECHO, "echo.py")


async def to_the_sleep(it):
    """The turn whose wait is the client's hour."""
    for _ in range(40):
        it.screen.action_step_turn()
        if "timer" in it.text("#loop-tasks"):
            break
    await it.pilot.pause(0)


def row_of(it, name):
    lines = it.text("#loop-tasks").splitlines()
    return next((line for line in lines if line[2:].startswith(name)), "") or next(
        line for line in lines if name in line
    )


async def test_it_starts_before_the_first_line(echo):
    async with watched(echo.path) as it:
        assert "has made no event loop yet" in it.text("#loop-turn")
        assert "paused" in it.text("#loop-head")
        assert it.script.record is None


async def test_the_ring_is_stepped_through_part_by_part(echo):
    async with watched(echo.path) as it:
        await it.press("s")
        seen = []
        for _ in range(7):
            words = it.text("#loop-turn")
            seen.append(re.findall(r"\d (WAIT|TIMERS|CALLBACKS)", words))
            await it.press("s")
        assert seen == [["WAIT"], ["TIMERS"], ["CALLBACKS"], ["WAIT"], ["TIMERS"], ["CALLBACKS"], ["WAIT"]]
        assert it.record.counters().turns == 3


async def test_the_script_stands_where_it_was_stopped(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        before = it.script.kernel.now_ns
        await it.run(5.0)
        assert it.script.kernel.now_ns == before
        assert it.script.moment == "wait"
        assert "sleeps until fd ready" in it.text("#loop-turn")


async def test_tasks_are_rows_with_what_they_wait_for_and_the_exact_line(echo):
    async with watched(echo.path, (160, 40)) as it:
        await to_the_sleep(it)
        client, served = row_of(it, "the client"), row_of(it, "fd 8 readable")
        assert re.search(rf"timer, in 3600 s +echo\.py:{echo.line('sleeps')} ", client)
        assert "await asyncio.sleep(3600)  #: sleeps" in client
        assert f"echo.py:{echo.line('reads')}" in served
        assert "while data := await reader.read(100):" in served
        assert f"echo.py:{echo.line('joins')}" in row_of(it, "Task-1")
        assert "tasks 3 · 3 suspended" in it.text()


async def test_an_hour_is_skipped_over_and_says_so(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        await it.press("s")
        assert "» 3600 s" in it.text("#loop-turn")
        assert "1 h 0 min 0.00" in it.text("#loop-head")
        assert "1 due" in it.text("#loop-turn")


async def test_a_packet_goes_from_write_to_ready_list_to_the_ready_queue(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        for _ in range(20):
            if "fd 7→fd 8 5 B" in it.text("#loop-feed"):
                break
            await it.press("s")
        assert "fd 7→fd 8 5 B → ready list" in it.text("#loop-feed")
        assert "ready list →8" in it.text("#loop-kernel")
        assert "connected to 7 · 5 B to read" in it.text("#loop-kernel")
        await it.press("s")
        assert "fd 8 readable" in it.text("#loop-turn").splitlines()[9]  # the ready queue


async def test_a_chosen_task_s_awaits(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        await it.press("home", "down")
        assert it.screen.cursor.chosen == 3  # the second looked the address up, and is done
        lines = it.text("#loop-panel").splitlines()
        assert f"echo.py:{echo.line('sleeps')} client" in lines[0]
        assert "await asyncio.sleep(3600)" in lines[0]
        assert re.search(r"└ tasks\.py:\d+ sleep", lines[1])
        assert "waits for timer, in 3600 s" in lines[2]
        await it.press("S")  # during every part of the loop's turn
        assert it.screen.cursor.chosen == 3
        await it.press("up")
        assert f"echo.py:{echo.line('joins')} main" in it.text("#loop-panel")
        await it.press("escape")
        assert it.screen.cursor.chosen is None


async def test_a_chosen_task_stays_in_sight_and_is_let_go_when_it_is_done(tmp_path):
    program = Written(
        tmp_path,
        """
        import asyncio

        async def main():
            await asyncio.gather(*(asyncio.sleep(number) for number in range(1, 101)))
            await asyncio.sleep(1)

        asyncio.run(main())
        """,
    )
    async with watched(program.path) as it:
        await it.turn(3)
        await it.press("end", "up")
        assert "awaits of Task-100" in str(it.screen.query_one("#loop-panel").border_title)
        for _ in range(500):  # the tasks before it end one after the other
            it.screen.action_step_turn()
            if it.script.kernel.now_ns > 80e9:
                break
        assert 100 in it.screen.cursor.shown
        for _ in range(200):
            it.screen.action_step_turn()
            if it.screen.cursor.chosen is None:
                break
        assert it.script.kernel.now_ns > 99e9
        assert it.screen.cursor.chosen is None
        assert "the task that was chosen is done" in it.text("#loop-head") or it.script.over


async def test_a_click_chooses_a_task(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        await it.pilot.click("#loop-tasks", offset=(5, 2))
        await it.pilot.pause(0)
        assert it.screen.cursor.chosen == 3


async def test_it_goes_by_turns_a_second(echo):
    async with watched(echo.path, paused=False, speed=5) as it:
        await it.run(2.0)
        assert 8 <= it.record.counters().turns <= 11
        await it.press("space")
        turns = it.record.counters().turns
        await it.run(2.0)
        assert it.record.counters().turns == turns
        await it.press("full_stop")
        assert "10 turns a second" in it.text("#loop-head")
        await it.press("comma", "comma")
        assert "2 turns a second" in it.text("#loop-head")


async def test_as_fast_as_it_goes_it_comes_to_its_end(echo):
    async with watched(echo.path, paused=False, speed=None) as it:
        await it.run(1.0)
        assert it.script.over
        assert "over" in it.text("#loop-head")
        assert "has come to its end" in it.text("#loop-note")
        assert it.text("#loop-output").split() == ["printed", "HELLO"] or "HELLO" in it.text("#loop-output")
        for key in ("s", "S", "space", "c", "tab", "enter", "up", "down", "escape"):
            await it.press(key)  # no part of it is an error now


async def test_pages_of_the_lowest_panel_and_its_size(echo):
    async with watched(echo.path) as it:
        await to_the_sleep(it)
        assert it.screen.page == "awaits"
        await it.press("tab")
        assert "printed" in str(it.screen.query_one("#loop-panel").border_title)
        height = it.screen.query_one("#loop-panel").size.height
        await it.press("enter")
        assert it.screen.query_one("#loop-panel").size.height > height
        await it.press("enter", "tab")
        assert "awaits of" in str(it.screen.query_one("#loop-panel").border_title)


async def test_the_culprit_in_red_with_its_line():
    async with watched(EXAMPLES / "blocking.py") as it:
        for _ in range(60):
            await it.press("s")
            if it.record.culprits:
                break
        # A step stops where a callback held the turn up.
        assert "held up for 350 ms" in it.text("#loop-turn")
        source = (EXAMPLES / "blocking.py").read_text().splitlines()
        number = next(n for n, text in enumerate(source, 1) if "time.sleep" in text and "    " in text)
        assert "HELD UP THE LOOP for 350 ms: worker at blocking.py:" in it.text("#loop-note")
        await it.press("c")
        panel = it.text("#loop-panel")
        assert f"blocking.py:{number} in look_up" in panel
        assert re.search(rf"▶ +{number} +time\.sleep\(0\.35\)", panel)
        styles = {
            segment.style and segment.style.color and segment.style.color.triplet
            for y in range(2)
            for segment in it.screen.query_one("#loop-note").render_line(y)
            if "HELD UP" in segment.text
        }
        assert styles == {(255, 95, 95)}


async def test_help_and_footer_name_the_keys(echo):
    async with watched(echo.path, (120, 60)) as it:
        assert "pause, go on" in it.text("#loop-footer")
        await it.press("question_mark")
        page = it.app.screen.query_one("#help-text")
        words = " ".join(" ".join(page.render_line(y).text for y in range(page.size.height)).split())
        for binding in LOOP_BINDINGS:
            assert f"{key_of(binding)} {binding.description} {binding.tooltip}" in words
        await it.press("escape")
        assert it.app.screen is it.screen


async def test_a_theme_and_a_terminal_too_small(echo):
    async with watched(echo.path) as it:
        await it.press("t")
        assert it.app.theme == "c10k-light"
        await it.pilot.resize_terminal(79, 24)
        await it.pilot.pause(0)
        assert "the loop needs 80×24, this terminal is 79×24" in it.text()


async def test_it_goes_on_in_a_terminal_too_small():
    async with watched(EXAMPLES / "backpressure.py", paused=False, speed=5) as it:
        await it.run(3.0)
        await it.pilot.resize_terminal(60, 20)
        await it.run(1.0)
        assert "enlarge it" in it.text()
        await it.pilot.resize_terminal(80, 24)
        await it.run(1.0)
        assert "event loop" in it.text()


async def test_thousands_of_tasks_are_a_window_of_rows(tmp_path):
    many = Written(
        tmp_path,
        """
        import asyncio

        async def one(number):
            await asyncio.sleep(number)

        async def main():
            await asyncio.gather(*(one(1 + number) for number in range(3000)))

        asyncio.run(main())
        """,
    )
    async with watched(many.path) as it:
        await it.turn(3)
        assert "tasks 3,001 · 3,001 suspended" in it.text()
        height = it.screen.query_one("#loop-tasks").size.height
        assert len(it.screen.cursor.shown) == height
        await it.press("end")
        assert it.screen.cursor.chosen == 3001
        assert it.screen.cursor.shown == list(range(3002 - height, 3002))
        await it.press("pageup")
        assert it.screen.cursor.chosen == 2991
        await it.press("home")
        assert it.screen.cursor.shown == list(range(1, height + 1))
        await it.press("escape", "S", "s", "s")
        assert it.screen.cursor.followed in it.screen.cursor.shown


@pytest.mark.parametrize("name", ["echo", "blocking", "waiting", "backpressure"])
def test_the_examples_run(name):
    script = Script(EXAMPLES / f"{name}.py")
    script.run(patience_s=30)
    assert script.error is None
    assert script.record is not None
    assert (len(script.record.culprits) > 0) == (name == "blocking")
