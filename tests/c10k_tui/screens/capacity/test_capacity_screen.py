"""The capacity screen, key by key, with the simulated kernel; both tables in recordings."""

import pytest

from c10k_tui.app.headless import record
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.reader import read
from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart
from c10k_tui.recording.pictures.export import picture_at
from c10k_tui.screens.capacity.help_page import INTRODUCTION
from c10k_tui.screens.capacity.keys import CAPACITY_BINDINGS
from c10k_tui.screens.capacity.screen import CapacityScreen
from c10k_tui.widgets.footer import key_of
from sim.scenario.lanes import LANES
from sim.scenario.scenario import Scenario
from sim.studies import capacity
from tests.support.paused_app import leads_back, stand
from tests.support.table_screens import screen_of, settled

RACE = Scenario(fds=2_000, rate=5_000)


@pytest.fixture(autouse=True)
def shorter(monkeypatch):
    monkeypatch.setattr(capacity, "RACE_NS", 20_000_000)


@pytest.mark.parametrize("back", ["m", "escape"])
async def test_m_opens_it_and_leads_back_and_the_race_stands_still_meanwhile(back):
    async with stand(RACE) as it:
        await it.run(0.5)
        await it.press("m")
        await leads_back(it, back)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_a_newcomer_sees_bars_what_gives_way_and_what_it_means(size):
    async with stand(RACE, size) as it:
        await it.press("m")
        screen = await settled(it)
        rows = it.text().split("\n")
        assert len(rows) == size[1]
        assert {len(row) for row in rows} == {size[0]}
        for lane in LANES:
            row = next(row for row in rows if row[1:].lstrip("● ").startswith(f"{lane} "))
            assert f"{screen.model.found(lane).connections:,}" in row
            assert {"none": "nothing"}.get(limit := screen.model.found(lane).limit, limit) in row
        words = " ".join(" ".join(rows).split())
        assert "At 10,000 " in words
        assert "p99 ≤ 1 ms · 1% active · 5k req/s" in words
        for key in ("m race", "p99", "? help"):
            assert key in " ".join(rows[-1].split())


async def test_it_shows_what_the_command_prints(capsys):
    from c10k_tui.cli.main import main

    async with stand(RACE) as it:
        await it.press("m")
        screen = await settled(it)
        command = screen.model.command()
        found = {lane: screen.model.found(lane) for lane in LANES}
    assert command == "c10k-tui capacity --p99 1ms --active 1% --rate 5k"
    assert main(command.split()[1:]) == 0
    lines = capsys.readouterr().out.splitlines()
    for lane in LANES:
        line = next(line for line in lines if line.startswith(f"{lane} "))
        assert line.split()[1] == f"{found[lane].connections:,}"


async def test_each_key_changes_what_is_asked():
    async with stand(RACE) as it:
        await it.press("m", "plus")
        assert "p99 ≤ 3 ms" in it.text()
        await it.press("minus", "minus")
        assert "p99 ≤ 300 µs" in it.text()
        await it.press("right_square_bracket")
        assert "10% active" in it.text()
        await it.press("left_square_bracket", "apostrophe")
        assert "10k req/s" in it.text()
        await it.press("semicolon", "down", "down", "up")
        assert screen_of(it).model.lane == "poll"
        assert "poll: " in it.text()


async def test_g_races_the_lane_just_beyond_what_it_holds():
    async with stand(RACE) as it:
        await it.press("m")
        screen = await settled(it)
        held = screen.model.found("select").connections
        await it.press("g")
        assert it.app.screen is it.race_screen
        assert held < it.session.scenario.fds <= 1.2 * held
        assert it.session.scenario.lanes == ("select",)


async def test_e_writes_both_pictures_and_says_their_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with stand(RACE) as it:
        await it.press("m")
        await settled(it)
        await it.press("e")
        stem = "c10k-capacity-1pc-active-1ms"
        assert f"written: {stem}.svg and {stem}.png" in it.text()
        await it.press("e")
        assert sorted(path.suffix for path in tmp_path.iterdir()) == [".png", ".png", ".svg", ".svg"]
        picture = (tmp_path / f"{stem}.svg").read_text(encoding="utf-8")
        assert "io_uring-sqpoll" in picture
        assert "cost table built-in" in picture


async def test_a_folder_that_cannot_be_written_gives_a_notice(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with stand(RACE) as it:
        await it.press("m")
        folder.rmdir()
        await it.press("e")
        assert "not written: No such file or directory" in it.text()


async def test_help_tells_every_key():
    async with stand(RACE) as it:
        await it.press("m", "question_mark")
        page = it.app.screen.query_one("#help-text")
        words = " ".join(" ".join(page.render_line(y).text for y in range(page.size.height)).split())
        for binding in CAPACITY_BINDINGS:
            assert f"{key_of(binding)} {binding.description} {binding.tooltip}" in words
        for sentences in INTRODUCTION:
            assert sentences in words
        await it.press("escape")
        assert isinstance(it.app.screen, CapacityScreen)


# --- in recordings --------------------------------------------------------------------------------

SCRIPT = (
    "wait 200ms; w; wait 500ms; h; wait 100ms; +; down; s; wait 200ms; w; wait 100ms; m; wait 500ms; e;"
    "wait 200ms; +; m; wait 100ms"
)
"""Both screens while recording, and the keys that a recording refuses."""


def test_both_screens_are_recorded_and_come_out_the_same_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = RecordingSettings(start=RecordingStart(RACE), width=100, height=30)
    files = [tmp_path / "a.cast", tmp_path / "b.cast"]
    for path in files:
        record(path, settings, parse_script(SCRIPT, 30))
    assert files[0].read_bytes() == files[1].read_bytes()
    cast = read(files[0])
    texts = [picture_at(cast, us).text for us in range(0, 2_400_000, 100_000)]
    assert any("racing █" in text or "lanes known" in text for text in texts)
    assert any("measuring is not recorded" in text for text in texts)
    assert any("p99 ≤ 1 ms" in text for text in texts)
    assert any("pictures are not written while recording" in text for text in texts)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".cast", ".cast"]
