"""The interpreter's own asyncio tests that are not run on the simulated kernel, and why each is not.

By module, class and method; a class alone stands for all of its methods. All other tests are run and must
pass. ``LEFT_OUT`` exists in every supported Python, ``IN_SOME_VERSIONS`` in some.
"""

from __future__ import annotations

UNIX_NAME = "is for a UNIX socket with a name; there is no file system to name it in"
DATAGRAM = "is for UDP; the simulated network has streams"
TLS = "is for TLS"
PIPE = "opens a pipe as a file object, on the host's descriptors"
SIGNAL = "is for Ctrl-C; there are no signals here"
POLICY = "asks for the interpreter's event loop policy, which a kernel's package leaves alone"
PATCHED = "replaces a name in asyncio's own modules, where the kernel's copies do not look"
NEVER_WAITS = "has a selector that never waits, and waits for a thread, which runs when something waits"
REAL_LOCK = "hands over between threads by a queue.Queue, whose locks wait for real"
WINDOWS = "is for Windows, and skips itself on Linux"

_SELECTORS = ("EPoll", "Poll", "Select")

LEFT_OUT = {
    **{
        f"test_streams.StreamTests.test_{name}": UNIX_NAME
        for name in (
            *("open_unix_connection", "open_unix_connection_error", "open_unix_connection_no_loop_ssl"),
            "start_unix_server",
        )
    },
    "test_streams.StreamTests.test_drain_raises": REAL_LOCK,
    "test_streams.StreamTests.test_open_connection_no_loop_ssl": TLS,
    **{
        f"test_streams.StreamTests.test_{kind}_constructor_{how}": POLICY
        for kind in ("streamreader", "streamreaderprotocol")
        for how in ("use_global_loop", "without_loop")
    },
    **{
        f"test_sock_lowlevel.{kind}EventLoopTests.test_{name}": DATAGRAM
        for kind in _SELECTORS
        for name in ("recvfrom", "recvfrom_into", "sendto_blocking")
    },
    **{
        f"test_sock_lowlevel.{kind}EventLoopTests.test_unix_sock_client_ops": UNIX_NAME for kind in _SELECTORS
    },
    "test_server.SelectorStartServerTests.test_start_unix_server_1": UNIX_NAME,
    "test_server.ProactorStartServerTests": WINDOWS,
    "test_buffered_proto.BufferedProtocolProactorTests": WINDOWS,
    "test_selector_events.BaseSelectorEventLoopTests.test_sock_connect_resolve_using_socket_params": (
        NEVER_WAITS
    ),
    "test_selector_events.SelectorSocketTransportTests.test_write_exception": PATCHED,
    "test_selector_events.SelectorDatagramTransportTests.test_sendto_exception": PATCHED,
    "test_runners.RunTests.test_asyncio_run_set_event_loop": POLICY,
    "test_runners.RunTests.test_asyncio_run_without_uncancel": SIGNAL,
    "test_runners.RunnerTests.test_interrupt_call_soon": SIGNAL,
    "test_runners.RunnerTests.test_interrupt_cancelled_task": SIGNAL,
    "test_runners.RunnerTests.test_interrupt_wait": SIGNAL,
    "test_runners.RunnerTests.test_set_event_loop_called_once": POLICY,
}
IN_SOME_VERSIONS = {
    "test_streams.StreamTests.test_read_all_from_pipe_reader": PIPE,
    "test_server.UnixServerCleanupTests": UNIX_NAME,
    **{
        f"test_sock_lowlevel.{kind}EventLoopTests.test_recvfrom_into_wrong_size": DATAGRAM
        for kind in _SELECTORS
    },
}


def reason(name: str) -> str | None:
    """The reason for which a test is left out; None if it runs."""
    known = {**IN_SOME_VERSIONS, **LEFT_OUT}
    return known.get(name) or known.get(name.rpartition(".")[0])
