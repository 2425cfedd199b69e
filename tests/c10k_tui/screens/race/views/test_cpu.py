"""The CPU bar: every account belongs to a block, and every block has a name."""

from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.screens.race.views.cpu import GROUPS, bar, cells_of, times_line
from c10k_tui.text.styled_text import text_of, width_of
from sim.machine.accounts import Account
from tests.support.lane_frames import counters


def test_every_account_is_in_exactly_one_block_of_the_bar():
    groups_of = [name for group in GROUPS for name in group.accounts]
    assert sorted(groups_of) == sorted(account.label for account in Account)


@given(parts=st.lists(st.integers(0, 10**12), min_size=8, max_size=8), width=st.integers(1, 120))
def test_the_blocks_fill_the_bar_exactly(parts, width):
    cells = cells_of(parts, width)
    assert sum(cells) == (width if sum(parts) else 0)
    assert all(
        abs(cell - part * width / max(1, sum(parts))) < 1 for cell, part in zip(cells, parts, strict=True)
    )


def test_the_bar_names_the_blocks_that_have_room():
    line = bar({"scan": 710, "wait_queue": 200, "idle": 90}, 80)
    assert width_of(line) == 80
    assert text_of(line).split() == ["scan", "71%", "queues", "20%", "idle", "9%"]


def test_every_block_has_a_name_or_its_letter_and_most_of_them_their_share():
    cost_ns = {
        "scan": 360,
        "wait_queue": 200,
        "syscall": 60,
        "interrupt": 160,
        "application": 70,
        "idle": 150,
    }
    assert text_of(bar(cost_ns, 38)).split() == ["scan", "36%", "Q", "20%", "L", "I", "16%", "V7%", "idle"]


@given(
    costs=st.fixed_dictionaries({account.label: st.integers(0, 10**9) for account in Account}),
    width=st.integers(8, 150),
)
def test_no_block_differs_by_its_colour_alone(costs, width):
    line = bar(costs, width)
    assert width_of(line) == width
    blocks = {f"cpu-{group.role}": group for group in GROUPS}
    for text, role in line if any(costs.values()) else ():
        group = blocks[role]
        if group.code:
            assert text.strip().startswith((group.code, group.name, group.brief.lower()))


def test_letters_stand_for_one_block_each():
    codes = [group.code for group in GROUPS if group.code]
    assert len(set(codes)) == len(codes) == len(GROUPS) - 1
    assert all(len(code) == 1 for code in codes)


def test_before_anything_happened_the_bar_is_empty():
    assert text_of(bar(counters().cost_ns, 30)) == " " * 30


def test_the_times_are_shown_if_there_is_room():
    cost_ns = {"scan": 36_000_000, "interrupt": 1_500, "idle": 5_000_000}
    assert text_of(times_line(cost_ns, 98)) == "scan 36.0 ms · interrupts 1.50 µs · CPU idle 5.00 ms"
    assert text_of(times_line(cost_ns, 40)) == "scan 36.0 ms · CPU idle 5.00 ms"
    assert times_line(cost_ns, 5) == ()
    assert times_line({}, 98) == ()
