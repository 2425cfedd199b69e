"""The words of a command line become a scenario, or give one line on stderr and exit code 2."""

import shlex

import pytest

from c10k_tui import __version__
from c10k_tui.cli.main import main
from c10k_tui.cli.options import UsageError, parse
from c10k_tui.cli.race_screen import screen_parser
from c10k_tui.cli.run import duration_ns_of, run_parser
from c10k_tui.cli.scenario_options import scenario_of
from sim.scenario.scenario import PRESETS, Scenario, Share


def scenario_from(*words: str) -> Scenario:
    return scenario_of(parse(screen_parser(), words))


def test_nothing_said_is_the_default_race():
    assert scenario_from() == Scenario()


def test_every_setting_has_an_option():
    assert scenario_from(
        *(
            "--fds",
            "20k",
            "--active",
            "1%",
            "--rate",
            "5k",
            "--burst",
            "9",
            "--payload",
            "100",
            "--churn",
            "2",
        ),
        *("--seed", "8", "--lanes", "epoll,poll", "--fd-setsize", "on"),
    ) == Scenario(20_000, Share(100), 5_000, 9, 100, 2, 8, ("epoll", "poll"), True)


@pytest.mark.parametrize(
    "words",
    [
        ("n=2000 active=1% seed=9 lanes=poll|epoll",),
        ("n=2000", "active=1%", "seed=9", "lanes=poll|epoll"),
        ("n=2000", "--active", "1%", "seed=9", "--lanes=poll,epoll"),
        ("--seed", "9", "n=2000 active=1%", "lanes=poll,epoll"),
        ("n=500 active=1% seed=9 lanes=poll|epoll", "--fds", "2000"),
    ],
    ids=["one word", "many words", "mixed", "options first", "options win"],
)
def test_a_scenario_may_be_written_in_words_and_options(words):
    assert scenario_from(*words) == Scenario(fds=2_000, active=Share(100), seed=9, lanes=("poll", "epoll"))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_the_base_for_words_and_options(name):
    base = PRESETS[name][1]
    assert scenario_from("--preset", name) == base
    assert scenario_from("--preset", name, "seed=8", "--rate", "1k") == Scenario(
        base.fds, base.active, 1_000, base.burst, base.payload, base.churn, 8, base.lanes, base.fd_setsize
    )


def test_the_line_printed_on_quit_is_accepted():
    scenario = Scenario(fds=64, active=Share(50), rate=0, churn=3, lanes=("poll",), fd_setsize=True)
    assert scenario_from(str(scenario)) == scenario


def test_fewer_fds_than_are_active_by_default_makes_all_active():
    assert scenario_from("--fds", "2") == Scenario(fds=2, active=2)
    assert scenario_from("n=1") == Scenario(fds=1, active=1)


REFUSED = [
    (["--fds", "0"], "fds must be 1 to 1,000,000, not 0"),
    (["--fds", "1000001"], "fds must be 1 to 1,000,000, not 1,000,001"),
    (["--fds", "3", "--active", "5"], "no more than there are fds"),
    (["--active", "-3"], "active: '-3' is not a number"),
    (["--rate", "fast"], "rate: 'fast' is not a number; write it like 10000, 10k or 1M"),
    (["--lanes", "selct"], "there is no lane 'selct'; choose from process, thread, pool, select"),
    (["--lanes", ""], "a race needs a lane"),
    (["--preset", "c100k"], "there is no preset 'c100k'; choose from c10k, "),
    (["--fd-setsize", "yes"], "on or off"),
    (["--fsd", "3"], "there is no option '--fsd'; did you mean --fds?"),
    (["--zzz"], "there is no option '--zzz'; see c10k-tui --help"),
    (["-q"], "there is no option '-q'"),
    (["--fds"], "--fds needs a value"),
    (["--paused=yes"], "--paused takes no value"),
    (["--json"], "c10k-tui run --json"),
    (["rnu"], "there is no command 'rnu'; did you mean run?"),
    (["benhc"], "there is no command 'benhc'; did you mean bench?"),
    (["n=5", "bench"], "bench goes first"),
    (["--svg", "x"], "--svg is an option of bench: c10k-tui bench --svg"),
    (["calibrate", "now"], "calibrate takes no arguments, but got 'now'"),
    (["calibrate", "--json"], "c10k-tui run --json"),
    (["bench", "n=5"], "bench takes options only, not 'n=5'"),
    (["bench", "--fds", "many"], "--fds: 'many' is not a number"),
    (["bench", "--fds", "0"], "--fds: must be 1 to 1,000,000"),
    (["bench", "--fds", "2M"], "--fds: must be 1 to 1,000,000"),
    (["bench", "--fds", ","], "--fds needs at least one value"),
    (["bench", "--active", "0"], "--active:"),
    (["bench", "--active", "200%"], "--active:"),
    (["bench", "--active", "some"], "--active:"),
    (["bench", "--mechanisms", "kqueue"], "there is no 'kqueue'; choose from select, poll, epoll"),
    (["bench", "--wait", "never"], "choose from ready, slept, both"),
    (["bench", "--json", "--csv"], "choose one of --json and --csv"),
    (["bench", "--speed", "3"], "--speed is an option of the screen"),
    (["bench", "--colour"], "there is no option '--colour'"),
    (["n=5", "run"], "run goes first"),
    (["small"], "c10k-tui --preset small"),
    (["n=10", "n=20"], "given twice"),
    (["colour=red"], "there is no setting 'colour'"),
    (["run", "--speed", "3"], "--speed is an option of the screen"),
    (["run", "--for", "100"], "--for: '100' is not a duration"),
    (["run", "--for", "0s"], "less than a nanosecond"),
    (["run", "--for", "61s"], "--for can be at most 60s of virtual time, not 61s"),
    (["run", "--for"], "--for needs a value"),
    (["capacity", "--p99"], "--p99 needs a value"),
    (["run", "n=0"], "fds must be"),
    (
        ["--lanes", "thread,pool,select,poll,epoll"],
        "the screen has room for 4 lanes, not 5; to compare more, press w",
    ),
    (
        ["n=10", "lanes=thread|pool|select|poll|epoll"],
        "press w on the screen, or type c10k-tui run 'n=10 active=3 seed=7 lanes=",
    ),
    (["--fault", "cosmic-rays"], "there is no fault 'cosmic-rays'; choose from no-drain"),
    (["--fault", "slow-reader", "--lanes", "epoll,iocp"], "slow-reader shows how a write blocks, and iocp"),
    (["a\nb"], "there is no command"),
    (["--a\nb"], "there is no option '--a\\nb'"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_an_impossible_request_gives_one_line_and_exit_code_2(words, said, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("c10k-tui: ")
    assert said in err
    assert err.endswith("\n")
    assert err[:-1].isprintable()


def test_the_duration_has_a_default_and_takes_units():
    assert duration_ns_of(parse(run_parser(), [])) == 100_000_000
    assert duration_ns_of(parse(run_parser(), ["--for", "20us"])) == 20_000
    assert duration_ns_of(parse(run_parser(), ["--for", "60s"])) == 60_000_000_000


def test_the_message_names_an_unknown_option_and_not_its_value():
    with pytest.raises(UsageError, match="did you mean --rate"):
        scenario_from("--rat", "20k")


@pytest.mark.parametrize("words", [["--version"], ["run", "--version"]])
def test_the_version_is_one_line(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out == f"c10k-tui {__version__}\n"


@pytest.mark.parametrize(("words", "parser"), [(["-h"], screen_parser()), (["run", "--help"], run_parser())])
def test_help_names_every_option_and_fits_100_columns(words, parser, capsys):
    assert main(words) == 0
    text = capsys.readouterr().out
    for action in parser._actions:
        for option in action.option_strings:
            assert option in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_help_is_given_even_beside_a_mistake(capsys):
    assert main(["--fsd", "--help"]) == 0
    assert "usage: c10k-tui" in capsys.readouterr().out


def test_the_examples_in_the_help_are_understood(capsys):
    main(["run", "--help"])
    text = capsys.readouterr().out
    lines = [line.strip() for line in text.partition("examples:")[2].splitlines() if "c10k-tui run" in line]
    assert len(lines) >= 3
    for line in lines:
        options = parse(run_parser(), shlex.split(line)[2:])
        assert scenario_of(options)
        assert duration_ns_of(options)


def test_the_help_knows_the_keys_of_the_screen(capsys):
    """Each key in the help's table is bound, under Textual's name of it."""
    from c10k_tui.screens.race.keys import GRID_BINDINGS, RACE_BINDINGS

    main(["--help"])
    table = capsys.readouterr().out.partition("keys on the screen:\n")[2]
    shown = {key for line in table.splitlines() for half in (line[2:11], line[46:55]) for key in half.split()}
    bound = {binding.key_display or key for binding in RACE_BINDINGS for key in binding.key.split(",")}
    bound |= {binding.key for binding in GRID_BINDINGS}
    assert {key if key in bound else key.lower() for key in shown - {"…", "arrows", "S"}} <= bound
    assert {"+", "-", "space", "s", "q", "?"} <= shown
