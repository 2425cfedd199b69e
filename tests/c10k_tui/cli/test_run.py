"""``c10k-tui run``: one JSON object with correct sums and the same bytes each time; or a table."""

import json
import re
from dataclasses import replace

import pytest

from c10k_tui.cli.costs_file import ANOTHER_FILE
from c10k_tui.cli.main import main
from sim.machine.costs import BUILT_IN
from sim.scenario.lanes import LANES
from sim.scenario.scenario import PRESETS, Scenario, parse_scenario
from sim.studies.calibration import kernel_name, machine_name, save
from tests.support.command_process import on_terminal, piped

COUNTS = (
    *("wakeups", "syscalls", "scanned", "wasted", "ready", "copied_in_bytes", "copied_out_bytes", "requests"),
    *("dropped", "passes", "hooks", "context_switches", "interrupts", "packets", "epoll_ctl", "setup_ns"),
)


def printed(capsys, *words: str) -> str:
    """The output of ``run``, called in this process."""
    assert main(["run", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def data(capsys, *words: str) -> dict:
    return json.loads(printed(capsys, *words, "--json"))


def test_the_json_has_the_promised_form(capsys):
    race = data(capsys, "n=200", "--lanes", "select,poll,epoll", "--for", "10ms")
    assert race["simulated"] is True
    assert race["virtual_ns"] == 10_000_000
    assert list(race["lanes"]) == ["select", "poll", "epoll"]
    for lane in race["lanes"].values():
        for count in COUNTS:
            assert type(lane[count]) is int
            assert lane[count] >= 0
        assert set(lane["latency_ns"]) == {"p50", "p99"}
        assert 0 < lane["latency_ns"]["p50"] <= lane["latency_ns"]["p99"]
        assert lane["failure"] is None
        assert lane["scanned"] == lane["wasted"] + lane["ready"]


def test_the_json_names_the_cost_table(capsys, monkeypatch, tmp_path):
    assert data(capsys, "n=16", "--for", "1ms")["costs"]["name"] == BUILT_IN.name
    mine = replace(
        BUILT_IN, name="calibrated", machine=machine_name(), kernel=kernel_name(), date="2026-01-31"
    )
    save(mine, tmp_path / "mine.json")
    monkeypatch.setenv(ANOTHER_FILE, str(tmp_path / "mine.json"))
    costs = data(capsys, "n=16", "--for", "1ms")["costs"]
    assert (costs["name"], costs["date"]) == ("calibrated", "2026-01-31")
    assert (costs["machine"], costs["kernel"]) == (machine_name(), kernel_name())


def test_a_broken_cost_table_is_one_line_and_the_race_goes_on(capsys, monkeypatch, tmp_path):
    (tmp_path / "mine.json").write_text("{")
    monkeypatch.setenv(ANOTHER_FILE, str(tmp_path / "mine.json"))
    assert main(["run", "n=16", "--for", "1ms", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["costs"]["name"] == BUILT_IN.name
    assert err.count("\n") == 1
    assert "is broken: it is not JSON; using the built-in costs" in err


def test_the_scenario_in_the_json_is_the_one_that_was_asked_for(capsys):
    words = "n=500 active=1% rate=5k burst=2 payload=100 buffer=50 churn=20 seed=9 lanes=epoll fd_setsize=on"
    scenario = data(capsys, words, "--for", "1ms")["scenario"]
    text = scenario.pop("text")
    assert parse_scenario(text) == parse_scenario(words)
    assert scenario == {
        "fds": 500,
        "active": "1%",
        "rate": 5_000,
        "burst": 2,
        "payload": 100,
        "buffer": 50,
        "churn": 20,
        "seed": 9,
        "lanes": ["epoll"],
        "fd_setsize": True,
    }


@pytest.mark.parametrize("preset", PRESETS)
def test_all_virtual_time_is_accounted_for(preset, capsys):
    race = data(capsys, "--preset", preset, "--lanes", ",".join(LANES), "--for", "7.000001ms")
    for lane in race["lanes"].values():
        assert sum(lane["cost_ns"].values()) == race["virtual_ns"] == 7_000_001
        assert min(lane["cost_ns"].values()) >= 0


def test_the_lanes_get_the_same_packets_and_differ_in_wasted_checks(capsys):
    race = data(capsys, "n=1000", "rate=1k", "--for", "50ms")
    select, epoll = race["lanes"]["select"], race["lanes"]["epoll"]
    assert select["packets"] == epoll["packets"] > 0
    assert select["wasted"] > 100 * epoll["ready"]


def test_silence_has_no_latency_and_is_all_idle(capsys):
    race = data(capsys, "n=16", "rate=0", "lanes=epoll", "--for", "1ms")
    lane = race["lanes"]["epoll"]
    assert lane["latency_ns"] == {"p50": None, "p99": None}
    assert (lane["wakeups"], lane["requests"], lane["packets"]) == (0, 0, 0)


def test_a_server_beyond_fd_setsize_fails_and_says_why(capsys):
    words = ("n=2000", "--fd-setsize", "on", "--for", "1ms")
    race = data(capsys, *words)
    failure = race["lanes"]["select"]["failure"]
    assert "1024" in failure.replace(",", "")
    assert race["lanes"]["epoll"]["failure"] is None
    assert failure in printed(capsys, *words)


def test_the_same_arguments_give_the_same_bytes_in_another_process(capsys):
    words = ("n=300", "active=2%", "churn=1k", "--seed", "3", "--for", "5ms")
    done = piped("run", *words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed(capsys, *words, "--json")


def test_another_seed_gives_other_packets(capsys):
    words = ("n=300", "--for", "5ms", "--json", "--seed")
    one, other = json.loads(printed(capsys, *words, "3")), json.loads(printed(capsys, *words, "4"))
    assert one["lanes"] != other["lanes"]


def test_what_clients_could_not_send_is_said_where_it_happened(capsys):
    full = ("n=4 active=1 burst=1 rate=100k payload=60k lanes=epoll", "--for", "30ms")
    unsent = data(capsys, *full)["lanes"]["epoll"]["unsent"]
    assert unsent > 0
    assert "requests not made, client full" in printed(capsys, *full)
    assert "unsent" not in data(capsys, "n=4 lanes=epoll", "--for", "30ms")["lanes"]["epoll"]


def test_the_table_says_what_the_json_says(capsys):
    words = ("n=2000", "--for", "20ms")
    race, text = data(capsys, *words), printed(capsys, *words)
    assert text.startswith(
        "simulated: 20.0 ms of n=2000 active=3 seed=7 lanes=select|epoll · costs: built-in\n"
    )
    cells = {line[:24].strip(): line[24:].split() for line in text.splitlines()}
    for label, key in (
        ("wake-ups", "wakeups"),
        ("descriptors checked", "scanned"),
        ("wasted checks", "wasted"),
    ):
        expected = [f"{race['lanes'][lane][key]:,}" for lane in ("select", "epoll")]
        assert cells[label][:2] == expected
    assert "select / epoll" in text
    assert "checks wasted" in text


def test_a_piped_table_has_no_colour_and_no_box():
    done = piped("run", "n=16", "--for", "1ms")
    assert done.returncode == 0
    assert not re.search("[\x1b\u2500-\u257f]", done.stdout)
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_a_single_lane_has_no_ratio(capsys):
    text = printed(capsys, "n=16", "lanes=poll", "--for", "1ms")
    assert "×" not in text
    assert "/" not in text


def test_on_a_terminal_the_table_is_drawn_and_says_the_same(capsys):
    code, text = on_terminal("run", "n=100", "--for", "5ms", columns=120)
    assert code == 0
    assert "─" in text
    for line in printed(capsys, "n=100", "--for", "5ms").splitlines()[-3:]:
        assert line in text


def test_an_output_without_unicode_gets_plain_letters(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = piped("run", "n=100", "--for", "5ms")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert " us" in done.stdout


def test_the_defaults_are_the_c10k_race_for_100_ms(capsys):
    race = data(capsys)
    assert race["virtual_ns"] == 100_000_000
    assert parse_scenario(race["scenario"]["text"]) == Scenario()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rate", "0"], "select: never woke, because nothing arrived."),
        (["--rate", "1M"], "select: never ran, because interrupts took all of the CPU."),
        (["--fds", "1M", "--for", "5ms"], "select: has not returned from a waiting call yet."),
    ],
)
def test_the_table_has_the_reason_why_a_server_never_woke(options, said, capsys):
    assert main(["run", "--for", "2ms", *options]) == 0
    assert said in capsys.readouterr().out
