"""Rows of tasks, the stack of awaits, culprits and errors, line by line."""

import pytest
from rich.cells import cell_len

from c10k_tui.screens.loop.views.stack import (
    culprit_lines,
    error_lines,
    output_lines,
    stack_lines,
    stuck_lines,
)
from c10k_tui.text.script_tasks import role_of, state_words, task_lines, tasks_title
from c10k_tui.text.styled_text import text_of, width_of
from sim.scripts.loop_figures import Culprit
from sim.scripts.task_rows import WaitReason
from sim.stacks.code_place import Place
from tests.support.loop_frames import LIBRARY, PLACE, frame, on_fd, row

TIMER = WaitReason("timer", due_ns=1_100_178_062)
ROWS = (
    row("client 1", waiting=on_fd(7)),
    row("client 2", waiting=TIMER, number=2),
    row("Task-9", "ready", number=3),
    row("Task-10", "running", number=4, stack=(), place=None),
    row("new", "ready", stack=(), place=None, number=5),
    row("joins", waiting=WaitReason("client 1"), number=6),
)


def words(lines):
    return [text_of(line).rstrip() for line in lines]


def test_what_each_task_does():
    now_ns = 100_178_062
    assert [state_words(one, now_ns) for one in ROWS] == [
        "fd 7 readable",
        "timer, in 1.00 s",
        "ready",
        "running",
        "ready, to begin",
        "client 1",
    ]
    assert state_words(ROWS[1], 2_000_000_000) == "timer, due"
    assert [role_of(one) for one in ROWS] == ["epoll", "poll", "front", "select", "front", "dim"]


def test_rows_are_columns():
    lines = words(task_lines(frame(rows=ROWS), 100, None, False))
    assert lines[0] == "· client 1  fd 7 readable               echo.py:14"
    assert lines[2] == "● Task-9    ready                       echo.py:14"
    assert lines[3] == "▶ Task-10   running"
    assert {line.index("echo") for line in lines if "echo" in line} == {40}
    assert task_lines(frame(), 100, None, False) == []


def test_rows_of_wide_names_are_columns_too():
    rows = (row("日本語", waiting=TIMER, number=1), row("client", waiting=TIMER, number=2))
    lines = task_lines(frame(rows=rows), 100, None, False)
    assert [cell_len(line.partition("timer")[0]) for line in words(lines)] == [10, 10]


def test_the_line_s_own_text_is_shown(tmp_path):
    path = tmp_path / "echo.py"
    path.write_text("x = 1\n    await reader.read(100)\n")
    place = Place(str(path), 2, "client")
    (line,) = words(task_lines(frame(rows=(row(place=place, waiting=on_fd(7)),)), 100, None, False))
    assert line.endswith("echo.py:2  await reader.read(100)")


def test_the_row_under_the_cursor():
    def roles(chosen, followed):
        return [line[1][1] for line in task_lines(frame(rows=ROWS), 100, chosen, followed)]

    assert roles(2, False)[1] == "cursor"
    assert roles(4, True)[3] == "running-now"
    assert roles(None, True) == ["strong"] * 6


@pytest.mark.parametrize("width", [20, 45, 74, 126])
def test_rows_fit(width):
    long = row("a task with a very long name indeed", waiting=on_fd(123456))
    assert all(width_of(line) <= width for line in task_lines(frame(rows=(*ROWS, long)), width, 1, False))


def test_the_title_counts():
    shown = frame(states={"running": 1, "ready": 0, "suspended": 1_200})
    assert tasks_title(shown) == "tasks 1,201 · 1 running · 1,200 suspended"


# -- the stack ---------------------------------------------------------------------------------------


def test_a_stack_ends_in_what_it_waits_for():
    lines = words(stack_lines(ROWS[0], 0, 80, 8))
    assert lines[0].startswith("echo.py:14 client")
    assert lines[1].startswith("└ streams.py:540 StreamReader._wait_for")
    assert lines[2] == "  └ waits for fd 7 readable"
    assert words(stack_lines(ROWS[1], 100_178_062, 80, 8))[-1].endswith("waits for timer, in 1.00 s")


def test_a_deep_stack_shows_where_it_stands():
    deep = row(stack=(PLACE,) * 100 + (LIBRARY,), waiting=on_fd(7))
    lines = words(stack_lines(deep, 0, 80, 6))
    assert len(lines) == 6
    assert lines[0] == "… 97 awaits further out"
    assert "streams.py:540" in lines[-2]
    assert lines[-1].endswith("waits for fd 7 readable")


def test_tasks_without_a_stack():
    assert words(stack_lines(None, 0, 80, 6)) == ["no task is chosen: up, down"]
    assert words(stack_lines(ROWS[3], 0, 80, 6)) == ["runs at this moment"]
    assert words(stack_lines(ROWS[4], 0, 80, 6)) == ["has not begun yet"]
    assert words(stack_lines(ROWS[2], 0, 80, 6))[-1].endswith("goes on after this await, when its turn comes")


# -- what went wrong ---------------------------------------------------------------------------------


def test_a_culprit_with_the_lines_around_it(tmp_path):
    path = tmp_path / "worker.py"
    path.write_text("".join(f"line({number})\n" for number in range(1, 9)))
    culprit = Culprit(12, 350_000_000, "worker", Place(str(path), 4, "f.<locals>.look_up"))
    lines = culprit_lines(culprit, 80, 7)
    assert words(lines) == [
        "worker held up the loop for 350 ms in turn 12: nothing else could run",
        "worker.py:4 in look_up",
        "    2 line(2)",
        "    3 line(3)",
        "▶   4 line(4)",
        "    5 line(5)",
        "    6 line(6)",
    ]
    assert lines[0][0][1] == lines[4][0][1] == "alarm"
    assert len(culprit_lines(culprit, 30, 3)) == 3


def test_a_culprit_without_a_place_and_one_that_is_stuck():
    assert len(culprit_lines(Culprit(1, 10**7, "x", None), 200, 5)) == 1
    (first, *_) = words(stuck_lines(PLACE, 2.34, 200, 5))
    assert first == "holds up the loop for real, for 2.3 s by the wall's clock: it has not come back"


def test_an_error_its_line_and_the_end_of_its_traceback(tmp_path):
    details = "Traceback\n" + "".join(f"  {number}\n" for number in range(20))
    assert words(error_lines("it failed", None, details, 40, 4)) == ["it failed", "  17", "  18", "  19"]
    assert words(error_lines("it failed", None, details, 40, 1)) == ["it failed"]
    path = tmp_path / "fails.py"
    path.write_text("one\ntwo\nthree\nfour\n")
    shown = words(error_lines("it failed", Place(str(path), 2, "main"), details, 40, 6))
    assert shown == ["it failed", "    1 one", "▶   2 two", "    3 three", "    4 four", "  19"]


def test_what_is_printed_cannot_steer_the_terminal():
    assert words(output_lines(["\x1b[31mred\x07", "a\tb"], 40)) == ["·[31mred·", "a   b"]
