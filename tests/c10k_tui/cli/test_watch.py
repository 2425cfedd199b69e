"""``c10k-tui watch`` without a screen, and its messages for impossible requests."""

import json
from pathlib import Path

import pytest

from c10k_tui.cli.main import main
from tests.support.command_process import on_terminal, piped
from tests.support.script_files import Written

EXAMPLES = Path(__file__).parents[3] / "examples"

SLEEPS = """
    import asyncio, sys

    async def sleeps():
        await asyncio.sleep(3600)  #: sleeps

    async def main():
        print("arguments", *sys.argv[1:])
        await asyncio.create_task(sleeps(), name="the sleeper")

    asyncio.run(main())
"""


@pytest.fixture
def sleeps(tmp_path):
    return Written(tmp_path, SLEEPS, "sleeps.py")


def test_figures_of_a_script_that_is_not_over(sleeps, capsys):
    # The script is stopped at the end of the time, which is also the end of the hour.
    assert main(["watch", str(sleeps.path), "--for", "30us"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("arguments\nsimulated: sleeps.py up to ")
    assert "of virtual time · costs: built-in" in out
    assert "turns " in out
    assert "the sleeper" in out


def test_json_has_counters_tasks_and_culprits(capsys):
    assert main(["watch", str(EXAMPLES / "blocking.py"), "--for", "500ms", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["simulated"] is True
    counters = data["counters"]
    assert counters["poll_ns"] + counters["callbacks_ns"] + counters["loop_ns"] <= data["virtual_ns"]
    (culprit,) = data["culprits"]
    assert culprit["name"] == "worker"
    assert culprit["spent_ns"] == pytest.approx(350_000_000, rel=1e-3)
    assert culprit["place"]["text"].startswith("time.sleep(0.35)")
    assert counters["longest"] == culprit
    by_name = {task["name"]: task for task in data["tasks"]}
    assert set(by_name) == {"Task-1", "ticker", "worker"}
    assert by_name["worker"]["waiting"]["for"] == "timer"
    assert by_name["worker"]["waiting"]["due_ns"] > data["virtual_ns"]
    assert by_name["worker"]["awaits"][0]["function"] == "worker"
    assert data["output"] == ["tick after 100 ms", "tick after 100 ms", "Ada"]
    assert (data["over"], data["error"]) == (False, None)


def test_the_same_bytes_each_time(sleeps, capsys):
    main(["watch", str(EXAMPLES / "echo.py"), "--for", "10s", "--json"])
    first = capsys.readouterr().out
    main(["watch", str(EXAMPLES / "echo.py"), "--for", "10s", "--json"])
    assert capsys.readouterr().out == first
    assert json.loads(first)["over"] is True


def test_arguments_are_the_script_s(sleeps, capsys):
    main(["watch", "--for", "1us", str(sleeps.path), "a", "--json", "--", "--for", "-x"])
    assert json.loads(capsys.readouterr().out)["output"] == []
    main(["watch", "--for", "7200s", str(sleeps.path), "a", "--json", "--", "--for", "-x"])
    assert json.loads(capsys.readouterr().out)["output"] == ["arguments a --for -x"]


def test_a_script_that_fails_is_reported_with_its_line_and_exit_code_1(tmp_path, capsys):
    program = Written(
        tmp_path, "import asyncio\nasync def main():\n    1 / 0  #: here\nasyncio.run(main())\n"
    )
    assert main(["watch", str(program.path), "--for", "1s"]) == 1
    error = capsys.readouterr().err
    assert error == f"c10k-tui: {program.place('here', 'main')}: ZeroDivisionError: division by zero\n"


def test_a_script_that_cannot_be_watched_gives_one_line_and_exit_code_2(tmp_path, sleeps, capsys):
    Written(tmp_path, "x = = 1\n", "wrong.py")
    for words, said in (
        ([], "watch needs a script: c10k-tui watch SCRIPT.py"),
        ([str(tmp_path / "nowhere.py")], f"{tmp_path}/nowhere.py: No such file or directory"),
        ([str(tmp_path)], f"{tmp_path}: Is a directory"),
        ([str(tmp_path / "wrong.py")], "wrong.py:1: invalid syntax"),
        (
            [str(sleeps.path), "--port"],
            "there is no option '--port'; did you mean --for?; put the script's own options after --",
        ),
        (
            [str(sleeps.path), "--for", "soon"],
            "--for: 'soon' is not a duration; write it like 100ms, 20us or 1s",
        ),
        ([str(sleeps.path), "--json"], "--json needs --for: "),
        ([str(sleeps.path), "--speed", "0"], "--speed must be 0.1 to 1000 turns per second, or max, not '0'"),
        ([str(sleeps.path), "--theme", "solar"], "there is no theme 'solar'; choose from c10k-dark, "),
    ):
        code = main(["watch", *words])
        out, err = capsys.readouterr()
        check_refusal(said, code, out, err)
    done = piped("watch", str(sleeps.path))
    said = "standard input is not a terminal; watch the script without a screen: c10k-tui watch "
    check_refusal(said, done.returncode, done.stdout, done.stderr)


def check_refusal(said, code, out, err):
    assert (code, out) == (2, ""), said
    assert err.startswith(f"c10k-tui: {said}"), err
    assert err.count("\n") == 1, err


def test_all_of_it_is_printed_after_the_end(tmp_path):
    program = Written(tmp_path, "for number in range(3):\n    print('line', number)\n")
    # Keys reach the app when it listens: steps run the script, which makes no loop, to its end.
    code, text = on_terminal("watch", str(program.path), "--paused", keys=b"sq")
    assert code == 0
    assert text.rpartition("\x1b")[2].endswith("line 0\nline 1\nline 2\n")


def test_tasks_that_will_not_be_ended_do_not_hold_up_the_end(tmp_path):
    program = Written(
        tmp_path,
        """
        import asyncio
        async def main():
            while True:
                try:
                    await asyncio.sleep(1)
                except BaseException:
                    print("no")
        asyncio.run(main())
        """,
    )
    done = piped("watch", str(program.path), "--for", "10s")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no" not in done.stdout.split()
    assert "turns " in done.stdout


def test_names_and_lines_cannot_steer_the_terminal(tmp_path, capsys):
    program = Written(
        tmp_path,
        """
        import asyncio
        async def waits():
            await asyncio.sleep(9)\t# \x1b[31m
        async def main():
            await asyncio.create_task(waits(), name="a\\nb\\x1b[0m")
        asyncio.run(main())
        """,
    )
    assert main(["watch", str(program.path), "--for", "30us"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a·b·[0m" in out
