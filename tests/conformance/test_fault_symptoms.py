"""The symptom of each classic mistake: it is not enough that the two kernels agree; both must show the
symptom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance import case_faults as faults
from tests.conformance.world import World, on_host, simulated

SYMPTOMS: list[tuple[Callable[[World], Any], Any]] = [
    (
        faults.who_reads_once_an_edge_leaves_a_connection_starving,
        # Bytes read, epoll's report, poll's report: 8 bytes stay unread without a report, and 8 stay unread
        # for ever.
        [(4, "nothing", "IN"), (8, "nothing", "IN"), 8, (12, "nothing", "0"), (16, "nothing", "0"), 0],
    ),
    (
        faults.who_does_not_arm_again_hears_of_each_connection_once,
        [(4, "nothing", "IN"), (12, "nothing", "0")],
    ),
    (
        faults.who_accepts_one_an_edge_leaves_the_others_in_the_queue,
        [(1, "nothing", "IN"), (2, "nothing", "IN"), (3, "nothing", "0"), (4, "nothing", "0")],
    ),
    (
        faults.a_closed_number_is_reported_while_its_dup_is_open,
        [
            *(["a:IN", "a:IN", "a:IN"], "OSError EBADF", "OSError EBADF", b"1234", "nothing"),
            *(["nothing"] * 3, "OSError EBADF", "OSError EBADF", b"1234", "nothing"),
        ],
    ),
    (
        faults.a_number_used_again_is_reported_for_the_file_before,
        ("c:IN", "0", "BlockingIOError EAGAIN"),
    ),
    (
        faults.a_connection_wakes_the_whole_herd_or_one,
        [[], [(f"w{number}", "l:IN") for number in (1, 2, 3, 4)], [], [("w1", "l:IN")]],
    ),
    (faults.a_worker_that_is_awake_does_not_end_the_walk, ([[("w1", "l:IN")], "l:IN"], 2)),
    (
        faults.who_accepts_too_late_has_connections_that_do_not_come_about,
        [["OUT", "OUT", "OUT", "0", "0"], ["OUT", "OUT", "OUT"]],
    ),
    (faults.a_write_to_a_slow_reader_waits_until_it_reads, [[], "0", 1, [("writer", None)]]),
    (
        faults.select_takes_no_descriptor_beyond_1023,
        [("r:x w:x x:", "IN"), ("ValueError", "IN")],
    ),
]


@pytest.mark.parametrize(("see", "symptom"), SYMPTOMS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("run", [on_host, simulated])
def test_both_kernels_show_the_symptom(see, symptom, run):
    assert run(see) == symptom
