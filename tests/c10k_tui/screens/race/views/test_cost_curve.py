"""The cost curve: samples from accounts, drawn on a logarithmic scale."""

from c10k_tui.screens.race.views.cost_curve import FEW, WakeupCostHistory, format_round
from c10k_tui.text.styled_text import text_of, width_of
from tests.support.lane_frames import call, counters, frame, lane


def shown(name="select", wakeups=1, wait_ns=0, last_call_ns=None):
    spent = counters(wakeups=wakeups, cost_ns={"scan": wait_ns})
    return lane(name, counters=spent, call=None if last_call_ns is None else call(cost_ns=last_call_ns))


def text(model, width=60, height=4):
    return [text_of(line) for line in model.lines(width, height)]


def test_the_lines_fill_their_room_exactly():
    model = WakeupCostHistory()
    for step in range(1, 400):
        model.sample(frame(shown(wakeups=step, last_call_ns=600_000), shown("epoll", step, 0, 4_000)))
    lines = model.lines(74, 4)
    assert len(lines) == 4
    assert all(width_of(line) == 74 for line in lines)


def test_the_newest_value_is_written_beside_each_line():
    model = WakeupCostHistory()
    model.sample(frame(shown(last_call_ns=684_000), shown("epoll", last_call_ns=1_700)))
    picture = text(model)
    assert picture[0].rstrip().endswith("select 684 µs")
    assert picture[-1].rstrip().endswith("epoll 1.70 µs")


def test_labels_of_lines_close_together_do_not_hide_each_other():
    model = WakeupCostHistory()
    lanes = [shown(name, last_call_ns=500_000) for name in ("select", "poll", "epoll")]
    model.sample(frame(*lanes))
    assert all(any(name in line for line in text(model)) for name in ("select", "poll", "epoll"))


def test_few_wakeups_use_the_last_call_and_many_use_the_account():
    model = WakeupCostHistory()
    model.sample(frame(shown(wakeups=1, wait_ns=999, last_call_ns=500)))
    assert "select 500 ns" in text(model)[0]
    model.sample(frame(shown(wakeups=1 + FEW, wait_ns=999 + FEW * 300, last_call_ns=500)))
    assert any("select 300 ns" in line for line in text(model))


def test_without_a_wakeup_the_value_stays():
    model = WakeupCostHistory()
    model.sample(frame(shown(wakeups=1, last_call_ns=500)))
    model.sample(frame(shown(wakeups=1, last_call_ns=500)))
    assert any("500 ns" in line for line in text(model))


def test_before_the_first_wakeup_there_is_nothing_to_draw():
    model = WakeupCostHistory()
    model.sample(frame(shown(wakeups=0)))
    assert not any(sign > "\u2800" for line in text(model) for sign in line)


def test_accounts_that_start_over_do_not_confuse_it():
    model = WakeupCostHistory()
    model.sample(frame(shown(wakeups=50, wait_ns=50_000)))
    model.sample(frame(shown(wakeups=2, wait_ns=10)))
    model.sample(frame(shown(wakeups=3, wait_ns=20, last_call_ns=700)))
    assert any("select" in line for line in text(model))


def test_a_lane_that_left_leaves_the_picture():
    model = WakeupCostHistory()
    model.sample(frame(shown(last_call_ns=500), shown("epoll", last_call_ns=400)))
    model.sample(frame(shown("epoll", last_call_ns=400)))
    assert not any("select" in line for line in text(model))


def test_the_scale_is_written_in_round_powers():
    assert [format_round(power) for power in (0, 2, 3, 5, 6, 9)] == [
        "1 ns",
        "100 ns",
        "1 µs",
        "100 µs",
        "1 ms",
        "1 s",
    ]
