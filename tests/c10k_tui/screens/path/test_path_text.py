"""The Path screen's text as lines: the strip, both sides, and the totals."""

from __future__ import annotations

from functools import cache

import pytest

from c10k_tui.app.pictures import HandClock
from c10k_tui.screens.path.model import SPEEDS, STEP_S, PathModel
from c10k_tui.screens.path.views.sides import head_lines, side_lines, side_subtitle, side_title, total_lines
from c10k_tui.screens.path.views.strip import strip_lines
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.records import Kind
from sim.path.packet_path import PacketPath, follow
from sim.path.path_values import AsyncioProgram, FollowedPacket, LanePath, PathStep
from sim.race.race import Race
from sim.scenario.scenario import parse_scenario

BURSTS = "n=10000 active=3 rate=2k seed=7 lanes=select|epoll"
LONE = "n=1000 active=1 rate=1k seed=7 lanes=select|epoll"
SIZES = ((38, 14), (58, 24), (98, 38))


@cache
def followed(words: str, which: int = -1, ms: int = 10) -> PacketPath:
    race = Race(parse_scenario(words))
    race.advance(ms * 1_000_000)
    arrivals = (Kind.PACKET, Kind.HELD, Kind.DROP)
    records = [r for r in race.frame().lanes[-1].records if r[1] in arrivals and r[3] and r[5] >= 0]
    return follow(race, FollowedPacket(records[which][0], records[which][5]))


def step_of(side: LanePath, stage: str) -> PathStep:
    step = side.step(stage)
    assert step is not None
    return step


def program_of(path: PacketPath) -> AsyncioProgram:
    assert path.program is not None
    return path.program


def model_at(path: PacketPath, stage: str, side: str = "epoll") -> PathModel:
    model = PathModel(path, HandClock())
    steps = [beat[side == "select"] for beat in model.beats]
    model.go_to(next(at for at, step in enumerate(steps) if step is not None and step.stage == stage))
    return model


def said(model: PathModel, side: str, size: tuple[int, int] = (58, 24)) -> str:
    lines = side_lines(model, getattr(model.path, side), *size)
    return "\n".join(text_of(line).rstrip() for line in lines)


def words_of(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "words",
    [BURSTS, LONE, "n=500 active=all rate=150k burst=20 lanes=select|epoll", f"{LONE} fd_setsize=on"],
)
def test_nothing_is_wider_or_higher_than_its_place(words, size):
    path = followed(words)
    model = PathModel(path, HandClock())
    width, height = size
    for at in range(len(model.beats)):
        model.go_to(at)
        for side in (path.epoll, path.select):
            lines = side_lines(model, side, width, height)
            assert len(lines) <= height
            assert max(width_of(line) for line in lines) <= width
        screen = 2 * width + 4
        for line in (
            *head_lines(model, screen),
            *strip_lines(model.beats, at, screen),
            *total_lines(model, screen),
        ):
            assert width_of(line) <= screen


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_strip_parts_after_the_wait_queue_and_lights_one_stage_of_each(width):
    model = PathModel(followed(BURSTS), HandClock())
    for at, (epoll, select) in enumerate(model.beats):
        upper, lower = strip_lines(model.beats, at, width)
        lit = [[text for text, role in line if role == "cursor"] for line in (upper, lower)]
        assert len(lit[0]) == 1
        assert len(lit[1]) == (1 if select is not None and at >= 7 else 0)
        assert epoll is not None
    assert text_of(upper).index("┬") == text_of(lower).index("╰")
    assert "await" in text_of(upper)
    assert "read" in text_of(lower)
    for stage in ("scan", "copy", "walk"):
        assert stage in text_of(lower)


def test_what_is_not_reached_is_not_lit():
    path = followed("n=2 active=1 rate=1M payload=65536 lanes=select|epoll", ms=3)
    model = PathModel(path, HandClock())
    assert len(model.beats) <= 11
    upper, _ = strip_lines(model.beats, 0, 120)
    assert ("await", "idle") in upper


def test_each_step_says_what_happens_with_its_own_values():
    path = followed(BURSTS)
    fd, slot = path.epoll.fd, path.epoll.ring_slot
    for stage, words in {
        "wire": f"3 frames arrive together; one has 64 bytes for fd {fd}.",
        "dma": f"The NIC puts 3 frames into its ring in memory, ours in slot {slot} of 256",
        "interrupt": "The CPU was idle",
        "softirq": "takes the frames from the ring: 2 frames first, then ours",
        "tcp": f"the socket of fd {fd}",
        "queue": "epoll's ep_poll_callback: put there once, by epoll_ctl, and it stays",
        "list": "epoll's ready list, behind 2 others",
        "return": "3 items of 10,000 watched, asks each once more, and copies 36 bytes out",
        "selector": "finds 3 descriptors in its map",
        "handle": "after 2 others: the transport's _read_ready calls recv, and the 64 bytes leave",
        "future": f"{program_of(path).task} is to be woken",
        "await": f"line {program_of(path).next_line} of echo_streams.py",
    }.items():
        assert words in words_of(said(model_at(path, stage), "epoll"))


def test_select_says_what_it_does_not_know():
    path = followed(LONE)
    assert "that came, not where" not in said(model_at(path, "wire"), "select")
    for stage, words in {
        "queue": "pollwake, which this call of select put on 1,000 queues",
        "pollwake": "It says that something came, not where.",
        "scan": "it looks at 1,000 descriptors: 1 is ready, 999 looks for nothing",
        "copy": "a bit for each of 1,000 descriptors",
        "read": f"reads 64 bytes from fd {path.select.fd}: it has its data",
    }.items():
        assert words in words_of(said(model_at(path, stage, "select"), "select"))
    assert "select keeps no list of what came" in said(model_at(path, "list"), "select")
    assert "The program has its data: " in words_of(said(model_at(path, "await"), "select"))


def test_structures_are_shown_before_and_after():
    path = followed(BURSTS)
    others = step_of(path.epoll, "list").before.ready
    assert "0 B → █······· 64 B" in said(model_at(path, "buffer"), "epoll")
    assert "OUT → IN|OUT" in said(model_at(path, "buffer"), "epoll")
    before = " ".join(map(str, others))
    assert f"{before} → {before} {path.epoll.fd}" in said(model_at(path, "list"), "epoll")
    assert "pending → finished" in said(model_at(path, "future"), "epoll")
    assert "nothing → 64 B" in said(model_at(path, "handle"), "epoll")
    small = said(model_at(path, "task"), "epoll", (38, 14))
    program = program_of(path)
    assert f"ready, line {program.await_line}\n          → running, line {program.await_line}" in small


def test_the_program_is_shown_with_the_line_at_which_its_task_stands():
    path = followed(BURSTS)
    shown = said(model_at(path, "future"), "epoll")
    assert f"{program_of(path).await_line} ∙         data = await reader.read(READ_BYTES)" in shown
    shown = said(model_at(path, "await"), "epoll")
    assert f"{program_of(path).next_line} ▶         writer.write(data)" in shown
    assert "writer.write" not in said(model_at(path, "return"), "epoll")


def test_a_step_says_what_it_costs_or_whose_price_it_is_part_of():
    path = followed(LONE)
    interrupt = said(model_at(path, "interrupt"), "epoll").split("\n")
    assert interrupt[-2] == "interrupt 1,300"
    assert words_of(interrupt[-1]) == "costs 1,300 ns so far 1,300 ns"
    assert "part of the softirq's 1,050 ns" in said(model_at(path, "tcp"), "epoll")
    assert "part of the callback's 48 ns" in said(model_at(path, "list"), "epoll")
    assert "part of the turn's 1,000 ns, paid before the wait" in said(model_at(path, "selector"), "epoll")
    assert "no CPU time" in said(model_at(path, "dma"), "epoll")
    returned = said(model_at(path, "return"), "epoll")
    assert (
        f"epoll_wait: {path.epoll.call_ns:,} ns in all, {path.epoll.paid_before_ns:,} ns before" in returned
    )


def test_a_side_says_where_its_kernel_comes_from():
    path = followed(BURSTS)
    assert side_title(path, path.epoll) == "epoll, asyncio above it"
    assert side_title(path, path.select) == "select"
    assert side_subtitle(path, path.epoll, path.epoll.steps[0], 58) == "as in the race"
    last = path.epoll.steps[-1]
    assert side_subtitle(path, path.epoll, last, 58) == "asyncio on a kernel of its own, 3 of 10,000 fds talk"
    assert side_subtitle(path, path.epoll, last, 38) == "asyncio on a kernel of its own"
    alone = followed("n=1000 active=1 rate=1k seed=7 lanes=poll")
    assert "started for this" in side_subtitle(alone, alone.select, alone.select.steps[0], 58)


def test_a_failed_select_says_so_and_epoll_goes_on():
    path = followed(f"{BURSTS} fd_setsize=on")
    shown = words_of(said(model_at(path, "wire"), "select"))
    assert shown.startswith("▌ select has failed select fails here: descriptor")
    assert "FD_SETSIZE" in shown
    assert "sooner" not in text_of(total_lines(model_at(path, "await"), 120)[2])


def test_a_request_that_waits_at_its_client_says_so():
    path = followed("n=2 active=1 rate=1M payload=65536 lanes=select|epoll", ms=3)
    shown = said(model_at(path, "wire"), "epoll")
    assert "HELD BACK" in shown
    assert "The window is full: it holds them back until the server has read." in words_of(shown)


def test_the_totals_are_on_one_scale_and_the_end_says_what_it_came_to():
    path = followed(LONE)
    model = model_at(path, "interrupt")
    epoll, select, verdict = map(text_of, total_lines(model, 120))
    assert epoll.endswith(" 1,300 ns")
    assert select.endswith(" 1,300 ns")
    assert "what is still to come is shaded" in verdict
    model.go_to(len(model.beats) - 1)
    epoll, select, verdict = map(text_of, total_lines(model, 120))
    room = 120 - 8 - 12
    longer, shorter = max(path.epoll.total_ns, path.select.total_ns), path.epoll.total_ns
    assert abs(epoll.count("█") - room * shorter / longer) <= 1
    read_ns, handle_ns = step_of(path.select, "read").end_ns, step_of(path.epoll, "handle").end_ns
    assert f"read {read_ns / handle_ns:,.1f}× sooner with epoll than with select" in verdict
    assert "from the read to the line: " in verdict
    narrow = text_of(total_lines(model, 80)[-1])
    assert "read to line: " in narrow
    assert narrow.rstrip().endswith("ns")


# -- the pace ------------------------------------------------------------------------------------


def test_autoplay_goes_by_the_clock_and_ends_at_the_end():
    clock = HandClock()
    model = PathModel(followed(LONE), clock)
    assert not model.tick()
    model.play()
    assert not model.tick()
    for at in range(1, len(model.beats)):
        clock.now_s += STEP_S
        assert model.tick()
        assert model.at == at
    assert not model.playing
    clock.now_s += STEP_S
    assert not model.tick()
    model.play()  # after the end it starts again
    assert model.at == 0
    assert model.playing


def test_steps_stay_within_the_path_and_speed_within_its_rungs():
    model = PathModel(followed(LONE), HandClock())
    model.step(-1)
    assert model.at == 0
    model.go_to(99)
    assert model.over
    for _ in range(10):
        model.pace(1)
    assert model.speed == SPEEDS[-1]
    for _ in range(10):
        model.pace(-1)
    assert model.stay_s == STEP_S / SPEEDS[0]
