"""The text of the lane with an event loop, long and short."""

from __future__ import annotations

from c10k_tui.screens.race.views.activity import activity
from c10k_tui.screens.race.views.cpu import GROUPS, bar, groups_of
from c10k_tui.screens.race.views.event_loop_words import loop_sentences, loop_verdict
from c10k_tui.screens.race.views.sentence import sentence, sentences
from c10k_tui.screens.race.views.verdict import verdict
from c10k_tui.text.styled_text import text_of
from sim.frames.mechanism import LoopRound, LoopView
from tests.support.lane_frames import call, counters, frame, lane

ROUND = LoopRound(events=1, callbacks=3, turns=2, loop_ns=12_000, epoll_ns=3_000)
RESTED = LoopView(queued=0, left=0, polling=True, finished=True, round=ROUND)
BUSY = LoopView(queued=4, left=2, polling=False, finished=False, round=ROUND)


def test_the_sentence_is_of_the_last_round():
    found = lane("asyncio", call=call(), mechanism=RESTED)
    assert (
        text_of(sentence(found)) == "1 event → 3 callbacks, 2 turns: loop 12.0 µs on top of epoll's 3.00 µs"
    )
    assert text_of(sentences(found)[1]) == "loop 12.0 µs over epoll's 3.00 µs"


def test_a_loop_that_never_rests_is_described_so_far():
    assert "2 turns and no rest: loop" in text_of(loop_sentences(BUSY)[0])


def test_before_the_first_event_the_text_describes_the_list():
    found = lane("asyncio", mechanism=RESTED, registered=10)
    assert "10" in text_of(sentence(found))
    assert "event" not in text_of(sentence(found))


def test_what_it_is_at():
    for known, words in (
        ({"activity": "sleeping"}, "asleep: nothing to do until an interrupt"),
        ({"activity": "collecting"}, "the loop's turn: between two callbacks"),
        ({"activity": "serving", "serving_fd": 7}, "a callback of fd 7, 2 more this turn"),
    ):
        assert text_of(activity(lane("asyncio", mechanism=BUSY, **known))) == words


def test_the_verdict_says_what_the_loop_adds():
    epoll = lane("epoll", counters=counters(wakeups=10, cost_ns={"syscall": 20_000}))
    spent = {"syscall": 30_000, "loop": 40_000, "callback": 80_000}
    loop = lane("asyncio", counters=counters(wakeups=10, cost_ns=spent), mechanism=RESTED)
    found = text_of(verdict(frame(epoll, loop), 120))
    assert found.endswith("A wake-up costs epoll 2.00 µs, asyncio 15.0 µs: its loop takes 12.0 µs.")
    assert loop_verdict(frame(epoll)) is None
    assert loop_verdict(frame(lane("epoll"), loop)) is None


def test_its_cpu_has_a_block_of_its_own_with_its_letter():
    cost_ns = {"loop": 30, "callback": 50, "idle": 20}
    assert text_of(bar(cost_ns, 40)).split() == ["event", "loop", "80%", "idle", "20%"]
    assert text_of(bar({**cost_ns, "idle": 1_500}, 40)).startswith("P")


def test_only_lanes_with_a_loop_have_it_in_the_legend():
    roles = [group.role for group in GROUPS]
    loop = lane("asyncio", counters=counters(cost_ns={"loop": 0, "callback": 0}))
    assert [group.role for group in groups_of([lane("epoll")])] == [role for role in roles if role != "loop"]
    assert [group.role for group in groups_of([lane("epoll"), loop])] == roles
