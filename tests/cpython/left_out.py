"""The interpreter's own tests that are not run on the simulated kernel, and why each is not.

By module, class and method; a class alone stands for all of its methods. All other tests are run and must
pass. ``LEFT_OUT`` exists in every supported Python, ``IN_SOME_VERSIONS`` in some.
"""

from __future__ import annotations

import sys

PROCESS = "reads what another process prints; there is one process here"
FORK = "forks; there is one process here"
REAL_FILE = "opens a file on disk and has the kernel look at it; there is no file system here"
SIGNAL = "is interrupted by SIGALRM; there are no signals here"
ITSELF = "skips itself, on the host too: select has no object that could be replaced"
OTHER_SYSTEM = "is for another system's call, and skips itself on Linux"

LEFT_OUT = {
    "test_kqueue.TestKQueue.test_create_event": REAL_FILE,
    "test_poll.PollTests.test_poll2": PROCESS,
    "test_poll.PollTests.test_poll_unit_tests": REAL_FILE,
    "test_select.SelectTestCase.test_select": PROCESS,
    "test_selectors.EpollSelectorTestCase.test_register_file": REAL_FILE,
    **{
        f"test_selectors.{kind}SelectorTestCase.test_modify_unregister": ITSELF
        for kind in ("Default", "Select", "Kqueue")
    },
    "test_selectors.DevpollSelectorTestCase": OTHER_SYSTEM,
    **{
        f"test_selectors.{kind}SelectorTestCase.{method}": SIGNAL
        for kind in ("Default", "Select", "Poll", "Epoll", "Kqueue")
        for method in ("test_select_interrupt_exc", "test_select_interrupt_noraise")
    },
}
FROM_3_14 = {"test_kqueue.TestKQueue.test_event_attributes": REAL_FILE}
"""Tests that exist before 3.14 too, but look at a file only from then on."""
IN_SOME_VERSIONS = {
    "test_kqueue.TestKQueue.test_fork": FORK,
    **(FROM_3_14 if sys.version_info >= (3, 14) else {}),
}


def reason(name: str) -> str | None:
    """The reason for which a test is left out; None if it runs."""
    known = {**IN_SOME_VERSIONS, **LEFT_OUT}
    return known.get(name) or known.get(name.rpartition(".")[0])
