"""``record``, ``replay`` and ``export`` as the shell calls them."""

import json
import resource
import shlex
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from c10k_tui import __version__
from c10k_tui.cli.export import export_parser
from c10k_tui.cli.main import main
from c10k_tui.cli.options import parse
from c10k_tui.cli.record import record_parser
from c10k_tui.cli.replay import replay_parser
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.pictures.export import picture_at
from tests.support.command_process import COMMAND, environment, on_terminal, piped
from tests.support.file_events import written_files
from tests.support.pyte_terminal import as_seen, shown

PARSERS = {"record": record_parser, "replay": replay_parser, "export": export_parser}
SHORT = ("n=64", "--size", "80x24", "--keys", "wait 200ms; +; M; wait 200ms")


def run(*words, **changes):
    """Run the command in its own process; return its exit code and its stderr."""
    done = subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        env=environment(**changes),
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def cast(tmp_path_factory):
    path = tmp_path_factory.mktemp("casts") / "a.cast"
    assert main(["record", str(path), *SHORT, "--title", "a title"]) == 0
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"TERM": "dumb", "COLORTERM": None, "LC_ALL": "C", "TZ": "Pacific/Auckland"},
        {
            "TERM": None,
            "COLORTERM": "truecolor",
            "LC_ALL": "tr_TR.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "7",
            "TEXTUAL_COLOR_SYSTEM": "standard",
            "TEXTUAL_FPS": "3",
            "TEXTUAL_ANIMATIONS": "full",
            "PYTHONHASHSEED": "5",
        },
    ],
    ids=["dumb", "no colour and textual's own"],
)
def test_no_terminal_locale_or_hour_is_in_the_bytes(cast, tmp_path, changes):
    code, _ = run("record", str(tmp_path / "b.cast"), *SHORT, "--title", "a title", **changes)
    assert code == 0
    assert (tmp_path / "b.cast").read_bytes() == cast.read_bytes()


def test_asciinema_parses_the_file_and_plays_its_picture(cast):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from asciinema.asciicast import open_from_url
    with open_from_url(str(cast)) as recording:
        assert recording.v2_header["title"] == "a title"
        events = list(recording.events())
    assert {code for _, code, _ in events} == {"o", "i", "m"}
    played = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "asciinema", "cat", str(cast)],
        capture_output=True,
        env=environment(LC_ALL="C.UTF-8", PYTHONUTF8="1"),
        check=True,
    ).stdout.decode()
    assert shown(80, 24, [played]) == as_seen(picture_at(read(cast), None))


def test_a_recording_recorded_again_is_the_same_in_both_versions(cast, tmp_path):
    assert main(["record", str(tmp_path / "b.cast"), "--keys", str(cast)]) == 0
    assert (tmp_path / "b.cast").read_bytes() == cast.read_bytes()
    words = [*SHORT, "--title", "a title", "--cast-version", "3", "--caption", "--theme", "c10k-ansi"]
    words[2] = "80x25"
    assert main(["record", str(tmp_path / "3.cast"), *words]) == 0
    assert main(["record", str(tmp_path / "4.cast"), "--keys", str(tmp_path / "3.cast")]) == 0
    assert (tmp_path / "3.cast").read_bytes() == (tmp_path / "4.cast").read_bytes()
    assert json.loads((tmp_path / "3.cast").read_text().splitlines()[0])["version"] == 3


def test_a_recording_on_a_terminal_is_that_of_no_terminal(tmp_path):
    live = tmp_path / "live.cast"
    code, text = on_terminal("n=64", "--record", str(live), "--speed", "max", keys=b"+?\x1b[Bq.q")
    assert code == 0
    assert f"recorded {live}: " in text
    assert main(["record", str(tmp_path / "again.cast"), "--keys", str(live)]) == 0
    assert (tmp_path / "again.cast").read_bytes() == live.read_bytes()
    assert [event.data for event in read(live).events if event.code == "i"][:2] == ["+", "?"]


def test_a_replay_on_a_terminal_ends_with_the_race_of_the_recording(cast):
    code, text = on_terminal("replay", str(cast), "--at", "300ms", "--paused", keys=b"q")
    assert code == 0
    assert text.endswith("the same race again:\nc10k-tui 'n=256 active=3 seed=7 lanes=select|epoll'\n")


@pytest.mark.parametrize("form", ["gif", "html", "png", "svg", "txt"])
def test_every_form_is_written_and_the_same_each_time(cast, tmp_path, form, capsys):
    first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form}"
    assert main(["export", str(cast), str(first)]) == 0
    assert capsys.readouterr().out.startswith(f"wrote {first}: ")
    assert main(["export", str(cast), str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert main(["export", str(cast), str(first)]) == 2
    assert "overwrite it with --force" in capsys.readouterr().err
    assert main(["export", str(cast), str(first), "--force"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"1.{form}", f"2.{form}"]


def test_the_text_of_a_moment(cast, tmp_path):
    for at, fds in (("0", " 64 fds"), ("400ms", " 256 fds")):
        out = tmp_path / f"{at}.txt"
        assert main(["export", str(cast), str(out), "--at", at]) == 0
        assert fds in out.read_text(encoding="utf-8")


REFUSED = [
    (["record"], "record needs one file whose name ends in .cast"),
    (["record", "a.cast", "b.cast"], "record needs one file"),
    (["record", "new.cast", "n=0"], "fds must be 1 to 1,000,000"),
    (["record", "new.cast", "small"], "c10k-tui --preset small"),
    (["record", "new.cast", "--size", "79x24"], "--size must be 80x24 to 500x200"),
    (["record", "new.cast", "--size", "big"], "--size is written like 120x36"),
    (["record", "new.cast", "--size", "80x24", "--caption"], "--caption needs a row of its own"),
    (["record", "new.cast", "--for", "1h"], "--for: '1h' is not a duration"),
    (["record", "new.cast", "--for", "700s"], "--for: a recording can be at most 600s long"),
    (["record", "new.cast", "--keys", "wait 2s; foo"], "--keys: there is no key 'foo'"),
    (["record", "new.cast", "--keys", "missing.cast"], "missing.cast: No such file"),
    (["record", "new.cast", "--keys", "CAST", "n=5"], "only --force can be added"),
    (["record", "new.cast", "--cast-version", "1"], "--cast-version must be 2 or 3"),
    (["record", "new.cast", "--title", "a\nb"], "--title must be one line"),
    (["record", "new.cast", "--theme", "solar"], "there is no theme 'solar'"),
    (["record", "new.cast", "--speed", "0"], "--speed must be a number"),
    (["record", "CAST"], "already exists; overwrite it with --force"),
    (["record", "no/such/folder.cast"], "No such file or directory"),
    (["record", "new.cast", "--qqq"], "there is no option '--qqq'; see c10k-tui record --help"),
    (["record", "new.cast", "--json"], "there is no option '--json'"),
    (["--record", "CAST"], "already exists; overwrite it with --force"),
    (["--record", "folder.cast"], "and is not a regular file"),
    (["--record", "new.cast", "--cast-version", "x"], "--cast-version must be 2 or 3"),
    (["replay"], "replay needs one file"),
    (["replay", "missing.cast"], "missing.cast: No such file"),
    (["replay", "junk.cast"], "junk.cast: it does not begin with the header"),
    (["replay", "cut.cast"], "cut.cast: line 22 is cut off"),
    (["replay", "CAST", "--at", "9s"], "which is 0.4s long"),
    (["replay", "CAST", "--at", "soon"], "--at: 'soon' is not a duration"),
    (["replay", "CAST", "--fds", "3"], "there is no option '--fds'"),
    (["export", "CAST"], "export needs two files"),
    (["export", "CAST", "a.avi"], "a.avi must end in .gif, .mp4, .webm, .html, .svg, .png or .txt"),
    (["export", "CAST", "a.gif", "--at", "1s"], "--at is for svg, png and txt, not for gif"),
    (["export", "CAST", "a.png", "--to", "1s"], "--to is for gif, mp4 and webm, not for png"),
    (["export", "CAST", "a.html", "--speed", "2"], "--speed is for gif, mp4 and webm, not for html"),
    (["export", "CAST", "a.png", "--fps", "20"], "--fps is for gif, mp4 and webm, not for png"),
    (["export", "CAST", "a.txt", "--font-size", "9"], "--font-size is for gif, mp4, webm, svg and png"),
    (["export", "CAST", "a.gif", "--fps", "60"], "--fps for gif must be a number from 1 to 50, not '60'"),
    (["export", "CAST", "a.mp4", "--fps", "nan"], "--fps for mp4 must be a number from 1 to 60, not 'nan'"),
    (["export", "CAST", "a.svg", "--font-size", "4"], "--font-size for svg must be a number from 5 to 64"),
    (["export", "CAST", "a.gif", "--from", "300ms", "--to", "200ms"], "--from must be before --to"),
    (["export", "CAST", "a.png", "--at", "9s"], "--at is beyond the end of"),
    (["export", "CAST", "a.gif", "--speed", "0"], "--speed for gif must be a number from 0.1 to 100"),
    (
        ["export", "hostile.cast", "a.txt"],
        "which c10k-tui neither writes nor draws; draw it with asciinema's agg",
    ),
    (["export", "cut.cast", "a.txt"], "line 22 is cut off"),
    (["export", "CAST", "no/such/a.txt"], "No such file or directory"),
    (["repaly", "CAST"], "did you mean replay?"),
    (["n=5", "replay"], "replay goes first"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_an_impossible_request_gives_one_line_and_changes_no_file(
    cast, tmp_path, monkeypatch, capsys, words, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.cast").mkdir()
    (tmp_path / "junk.cast").write_bytes(bytes(range(256)))
    (tmp_path / "cut.cast").write_bytes(cast.read_bytes()[:-9])
    header = cast.read_text(encoding="utf-8").splitlines()[0]
    Path("hostile.cast").write_text(f'{header}\n[0.0,"o","\\u001b]52;c;cm0gLXJm\\u0007"]\n')
    before = {path: path.is_file() and path.read_bytes() for path in (*tmp_path.iterdir(), cast)}
    assert main([str(cast) if word == "CAST" else word for word in words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("c10k-tui: ")
    assert said in err
    assert err.endswith("\n")
    assert err[:-1].isprintable()
    assert {path: path.is_file() and path.read_bytes() for path in (*tmp_path.iterdir(), cast)} == before


@pytest.mark.parametrize("name", PARSERS)
def test_help_names_every_option_and_fits_100_columns_and_its_examples_are_understood(name, capsys):
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    for action in PARSERS[name]()._actions:
        for option in action.option_strings:
            assert option in text
    assert max(len(line) for line in text.splitlines()) <= 110
    examples = [line.strip() for line in text.partition("examples:")[2].splitlines() if line.strip()]
    assert examples
    for line in examples:
        command, word, *rest = shlex.split(line)
        assert (command, word) == ("c10k-tui", name)
        assert parse(PARSERS[name](), rest).words
    assert main([name, "--version"]) == 0
    assert capsys.readouterr().out == f"c10k-tui {__version__}\n"


def limit_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_full_disk_gives_a_message_and_a_usable_recording(tmp_path):
    path = tmp_path / "a.cast"
    done = subprocess.run(
        [*COMMAND, "record", str(path), "--for", "20s"],
        capture_output=True,
        text=True,
        env=environment(),
        preexec_fn=limit_files,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"c10k-tui: cannot write {path}: File too large; the recording is complete up to this point\n"
    )
    assert 30_000 < path.stat().st_size <= 60_000
    recording = read(path)
    assert recording.end_us > 500_000
    assert "looks" in picture_at(recording, None).text


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_recording_that_is_ended_from_outside_can_be_used(tmp_path, number):
    path = tmp_path / "a.cast"
    with written_files(tmp_path, patience_s=50) as wait_for_writing:
        process = subprocess.Popen(
            [*COMMAND, "record", str(path), "--for", "600s"], stderr=subprocess.PIPE, env=environment()
        )
        while not path.exists() or path.stat().st_size < 30_000:
            wait_for_writing()
    process.send_signal(number)
    _, err = process.communicate(timeout=50)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert err == b""
    assert "looks" in picture_at(read(path), None).text


def test_without_a_terminal_a_replay_says_so(cast):
    done = piped("replay", str(cast))
    assert done.returncode == 2
    assert "is not a terminal" in done.stderr
