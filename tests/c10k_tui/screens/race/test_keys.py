"""Every key, pressed on the real screen with the real race."""

import pytest
from textual import events

from c10k_tui.screens.race.keys import RACE_BINDINGS
from sim.scenario.scenario import PRESETS, Scenario, Share
from tests.support.paused_app import stand


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        (["plus"], {"fds": 5_000}),
        (["equals_sign"], {"fds": 5_000}),
        (["minus"], {"fds": 1_024}),
        (["right_square_bracket"], {"active": 10}),
        (["left_square_bracket"], {"active": 1}),
        (["apostrophe"], {"rate": 50_000}),
        (["semicolon"], {"rate": 10_000}),
        (["x"], {"seed": 8}),
        (["l"], {"fd_setsize": True}),
        (["2"], {"lanes": ("select", "poll", "epoll")}),
        (["1"], {"lanes": ("epoll",)}),
        (["3"], {"lanes": ("select",)}),
        (["f2"], {"fds": 10_000}),
        (["f4"], {"fds": 10_000, "active": Share(10_000), "rate": 200_000, "burst": 1_000}),
        (["f5"], {"active": Share(1_000), "churn": PRESETS["churn"][1].churn}),
        (["f6"], {"fds": 16}),
        (["p"], {"active": Share(10_000), "rate": 200_000, "burst": 1_000, "fds": 10_000}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
async def test_a_key_changes_the_scenario_at_once_and_shows_it(keys, changed):
    async with stand() as it:
        await it.press(*keys)
        now = it.session.scenario
        assert {name: getattr(now, name) for name in changed} == changed
        head = it.text("#head")
        assert f"{now.fds:,} connections" in head


async def test_f3_is_the_first_benchmark():
    async with stand(Scenario()) as it:
        await it.press("f3")
        assert it.session.scenario == PRESETS["first-benchmark"][1]
        assert "first-benchmark" in it.text("#legend")


async def test_space_stops_the_race_and_lets_it_go_on():
    async with stand() as it:
        await it.run(0.5)
        await it.press("space")
        assert "paused" in it.text("#head")
        stopped_ns = it.session.race.now_ns
        await it.run(0.5)
        assert it.session.race.now_ns == stopped_ns > 0
        await it.press("space")
        await it.run(0.5)
        assert it.session.race.now_ns > stopped_ns


async def test_s_and_shift_s_step_and_pause():
    async with stand() as it:
        await it.press("s", "s", "s")
        assert it.session.paused
        first_ns = it.session.race.now_ns
        await it.press("S", "c")
        assert it.session.race.now_ns > first_ns


@pytest.mark.parametrize("key", ["0", "backspace"])
async def test_reset_starts_again_with_the_same_seed(key):
    async with stand() as it:
        await it.run(2)
        await it.press(key)
        assert it.session.race.now_ns == 0
        assert it.session.scenario.seed == 7
        assert " 0 ns" in it.text("#time")


async def test_speed_goes_up_and_down():
    async with stand() as it:
        await it.press("full_stop")
        assert it.session.pacer.speed == 4
        await it.press("comma", "comma")
        assert it.session.pacer.speed == 1
        assert "a scan takes" in it.text("#legend")


async def test_as_fast_as_it_goes_says_how_many_scans_a_frame_skips():
    async with stand(speed=1_000) as it:
        await it.run(1)
        assert "scans in this picture" in it.text("#lane-select .words")
        assert "scans in this picture" not in it.text("#lane-epoll .words")
        assert ":" not in it.text("#grid-select")


async def test_t_goes_round_the_themes():
    async with stand() as it:
        seen = []
        for _ in range(4):
            seen.append(it.app.theme)
            await it.press("t")
        assert seen == ["c10k-dark", "c10k-light", "c10k-ansi", "c10k-dark"]


@pytest.mark.parametrize("theme", ["nord", "textual-light", "ansi-dark"])
async def test_other_themes_do_too(theme):
    async with stand(Scenario()) as it:
        it.app.theme = theme
        await it.run(1)
        assert "scanning" in it.text()
        await it.press("t")
        assert it.app.theme == "c10k-dark"


async def test_q_leaves_with_the_scenario():
    async with stand(Scenario(fds=16)) as it:
        await it.press("x", "q")
        assert it.app.return_value == "n=16 active=3 seed=8 lanes=select|epoll"


async def test_ctrl_q_leaves_too():
    async with stand(Scenario(fds=16)) as it:
        await it.press("ctrl+q")
        assert it.app.return_value == "n=16 active=3 seed=7 lanes=select|epoll"


async def test_a_number_is_typed_and_taken():
    async with stand() as it:
        await it.press("n", *"20k", "enter")
        assert it.session.scenario.fds == 20_000
        assert it.app.screen is it.race_screen


async def test_a_number_that_will_not_do_is_refused_in_the_dialog():
    async with stand() as it:
        await it.press("n", *"5M", "enter")
        hint = it.app.screen.query_one("#number-hint")
        assert "1 to 1,000,000" in hint.render_line(0).text
        await it.press("x", "enter")
        assert "is not a number" in hint.render_line(0).text
        await it.press("escape")
        assert it.session.scenario.fds == 2_000


async def test_tab_and_arrows_move_one_cursor_over_all_lanes():
    async with stand() as it:
        await it.run(0.3)
        await it.press("tab", "right", "right", "down")
        note = it.text("#legend")
        columns = it.grid("select").model.layout.columns
        place_fds = it.grid("select").model.layout.place_fds
        first = it.first_fd + (1 + columns) * place_fds
        assert f"fds {first}" in note
        assert "never checked: nobody asked" in note
        await it.press("escape")
        assert "idle" in it.text("#legend")
        assert "nobody asked" not in it.text("#legend")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("key", ["up", "down", "left", "right"])
async def test_arrows_need_no_tab(key, size):
    async with stand(size=size) as it:
        await it.run(0.3)
        assert it.race_screen.focused is None
        await it.press("right" if key in ("right", "down") else "down", key)
        grid = it.grid("select")
        assert grid.has_focus
        assert grid.model.cursor == {"right": 1, "down": grid.model.layout.columns}.get(key, 0)
        assert "fds" in it.text("#legend")


async def test_arrows_come_from_the_feed_to_the_first_lane_that_takes_part():
    async with stand(Scenario(fds=2_000, lanes=("poll", "epoll"))) as it:
        await it.run(0.3)
        it.feed.focus()
        await it.press("right", "right")
        assert it.grid("poll").has_focus
        assert it.grid("poll").model.cursor == it.grid("epoll").model.cursor == 1
        it.feed.focus()
        await it.press("escape")
        assert it.grid("poll").model.cursor is None


async def test_the_mouse_points_too():
    async with stand() as it:
        await it.pilot.hover("#grid-epoll", offset=(5, 1))
        await it.pilot.pause(0)
        assert "epoll idle, never checked" in it.text("#legend")
        await it.pilot.hover("#head")
        await it.pilot.pause(0)
        assert "epoll idle" not in it.text("#legend")


async def test_f_shows_one_descriptor_only_and_again_all():
    async with stand(Scenario(fds=64), speed=30) as it:
        await it.run(2)
        fd = it.feed.model.rows()[0].fd
        await it.press("f", *str(fd), "enter")
        feed = it.feed
        assert {row.fd for row in feed.model.rows()} == {fd}
        assert f"fd {fd} only" in (feed.border_title or "")
        await it.press("f")
        assert len({row.fd for row in feed.model.rows()}) > 1


async def test_f_takes_the_descriptor_under_the_cursor():
    async with stand(Scenario(fds=64)) as it:
        await it.press("tab", "right", "right", "f")
        first_fd = it.first_fd
        assert it.feed.model.only_fd == first_fd + 1


async def test_the_feed_scrolls_back_and_comes_to_the_newest_again():
    async with stand(Scenario(fds=64), speed=30, details=True) as it:
        await it.run(4)
        feed = it.feed
        newest = it.text("#feed")
        feed.focus()
        await it.press("pageup", "up")
        earlier = it.text("#feed")
        assert earlier != newest
        await it.run(1)
        assert it.text("#feed") == earlier
        await it.press("end")
        assert it.text("#feed") not in (earlier, newest)


async def scrolled_back(it):
    """Turn the wheel over the feed. This does not focus the feed."""
    await it.run(4)
    feed = it.feed
    feed.post_message(events.MouseScrollUp(feed, 1, 1, 0, -1, 0, False, False, False))
    await it.pilot.pause(0)
    assert "end: newest" in (feed.border_title or "")
    assert it.race_screen.focused is None


async def test_end_leads_to_the_newest_packet_wherever_the_focus_is():
    async with stand(Scenario(fds=64), speed=30, details=True) as it:
        newest = it.text("#feed")
        await scrolled_back(it)
        held = it.text("#feed")
        await it.press("end")
        assert "end: newest" not in (it.feed.border_title or "")
        assert it.text("#feed") not in (held, newest)


@pytest.mark.parametrize("key", ["f3", "0", "x"])
async def test_another_race_is_seen_from_its_newest_packet(key):
    async with stand(Scenario(fds=64), speed=30, details=True) as it:
        await scrolled_back(it)
        await it.press(key)
        assert "end: newest" not in (it.feed.border_title or "")
        await it.run(4)
        rows = it.feed.model.rows()
        assert f"{rows[-1].time_ns / 1e6:.4f}" in it.text("#feed").rstrip().split("\n")[-1]


async def test_the_filter_asks_for_a_descriptor_where_the_cursor_is_none_or_a_block():
    async with stand() as it:
        for keys in (["f"], ["right", "f"]):
            await it.press(*keys)
            assert (
                it.app.screen.query_one("#number-hint").render_line(0).text.startswith("a descriptor, e.g.")
            )
            await it.press("escape")
        await it.press("n")
        assert "10000, 10k, 1M" in it.app.screen.query_one("#number-hint").render_line(0).text


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_notice_is_never_cut(size):
    async with stand(Scenario(fds=2_000, lanes=("select",), fd_setsize=True), size) as it:
        await it.run(0.3)
        for key, words in {
            "S": "no server is left to make a call",
            "full_stop": "speed 4: slow motion",
        }.items():
            await it.press(key)
            assert words in it.session.notice
            assert it.session.notice in it.text("#legend")
            assert "paused" in it.text("#head")
        await it.press("f3")
        assert " first-benchmark" in it.text("#legend")
        assert "…" not in it.text("#legend")


async def test_a_notice_leaves_what_the_cursor_tells():
    async with stand() as it:
        await it.press("right", "right", "full_stop")
        assert "never checked" in it.text("#legend")
        assert it.session.notice in it.text("#sentence")


async def test_the_command_palette_knows_the_keys():
    async with stand() as it:
        titles = {command.title for command in it.app.get_system_commands(it.app.screen)}
        assert {binding.description for binding in RACE_BINDINGS} <= titles


async def test_a_click_on_the_footer_is_a_press_of_the_key():
    async with stand() as it:
        footer = it.race_screen.query_one("#footer")
        x = footer.render_line(0).text.index("space")
        await it.pilot.click("#footer", offset=(x, 0))
        await it.pilot.pause(0)
        assert it.session.paused
