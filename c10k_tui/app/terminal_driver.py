"""The terminal of an app: its input, its output, its loss, and its way to the shell and back.

This is Textual's driver for Linux and macOS with three differences.

A terminal that is gone. When a window is closed, the kernel hangs up the line: a read returns end of file or
EIO, and a write returns EIO (Linux drivers/tty/tty_io.c: hung_up_tty_read, hung_up_tty_write). Textual reads
on for ever at the end of file, and its thread for output ends at the first EIO. This driver discards the
output from then on, and tells the app, as SIGHUP does.

Odd input (:mod:`c10k_tui.app.terminal_input`). Textual ends with a traceback at bytes that are not UTF-8.

Suspending. A shell notices that its job has stopped only if the whole process group stops: ``make run`` has
two processes. The kernel does not stop a group without a shell that could continue it (an *orphaned* process
group: kernel/signal.c, get_signal). So the terminal is restored, and SIGTSTP with its default action goes to
the group. Textual sends SIGSTOP to one process instead. After SIGCONT the driver waits until its group has
the terminal, and enters it again. SIGCONT can also come alone, after a SIGSTOP from outside: the shell has
changed the modes of the terminal, so the driver leaves it and enters it again.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from c10k_tui.app.terminal_input import TerminalInput

READ_BYTES = 4096
INPUT_WAIT_S = 0.1
"""Longest wait for input in seconds, after which the thread checks if it must end."""
FOREGROUND_CHECKS = 1_000
"""Limit of checks for the foreground. A shell that continues the job in the background stops it again."""
RESTORE_TRIES = 100
RESTORING = (
    "\x1b[?2026l\x1b[?2048l\x1b[?2004l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1000l\x1b[?1004l"
    "\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""Undoes every mode that the driver sets: synchronized output, size reports, paste, mouse, focus reports, no
wrapping, the keyboard protocol, the alternate screen, the hidden cursor, colours.
"""


@runtime_checkable
class TerminalUser(Protocol):
    """The members of the app that the driver needs, beside those of Textual's ``App``."""

    def end_by(self, number: int) -> None:
        """End the app as this signal does. Called in any thread."""

    def terminal_entered(self) -> None:
        """Draw everything: the terminal was left and entered again."""


class TerminalOutput:
    """The terminal as a file. When the terminal is gone, output is discarded.

    Args:
        file: The terminal.
        gone: Called when a write fails.
    """

    def __init__(self, file: Any, gone: Callable[[], None]) -> None:
        self._file = file
        self._gone = gone
        self.closed = False
        """True to discard all output from now on."""

    def fileno(self) -> int:
        return int(self._file.fileno())

    def write(self, text: str) -> None:
        try:
            if not self.closed:
                self._file.write(text)
        except OSError:
            if not self.closed:
                self._gone()

    def flush(self) -> None:
        try:
            if not self.closed:
                self._file.flush()
        except OSError:
            if not self.closed:
                self._gone()


class TerminalDriver(LinuxDriver):
    """Textual's driver, which survives the loss of the terminal and can suspend the process group.

    Args:
        app: The app.
        options: As for Textual's driver.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        assert isinstance(app, TerminalUser)
        self._user: TerminalUser = app
        self._file: Any = TerminalOutput(sys.__stderr__, self.lose)
        self.lost = False
        """True if the terminal does not exist any more."""
        self._entered = False
        """True while the terminal is in the modes of the app."""
        signal.signal(signal.SIGTSTP, self._stop_signal)
        signal.signal(signal.SIGCONT, self._continue_signal)

    # -- input ----------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read input, and post it as messages, until the app ends or the terminal is gone."""
        terminal = TerminalInput()
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], INPUT_WAIT_S)[0]:
                try:
                    data = os.read(self.fileno, READ_BYTES)
                except OSError:
                    data = b""
                if not data:
                    self.lose()
                    return
                for message in terminal.feed(data):
                    self.process_message(message)
            for message in terminal.tick():
                self.process_message(message)

    def lose(self) -> None:
        """Discard all output, and end the app: the terminal is gone. Called in any thread."""
        if self.lost:
            return
        self.lost = True
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
            if stream is not None:
                os.dup2(null, stream.fileno())
        os.close(null)
        self._user.end_by(signal.SIGHUP)

    # -- modes ------------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._entered = True

    def stop_application_mode(self) -> None:
        self._entered = False
        super().stop_application_mode()

    def restore_now(self) -> None:
        """Restore the terminal without the thread for output, which may be blocked. Called in any thread."""
        if not self._entered or self.lost:
            return
        self._file.closed = True
        with suppress(termios.error, OSError):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            os.set_blocking(self.fileno, False)
        for _ in range(RESTORE_TRIES):
            with suppress(termios.error, OSError):
                # The flush also wakes a blocked write, which returns now that nothing blocks.
                termios.tcflush(self.fileno, termios.TCOFLUSH)
                os.write(self.fileno, RESTORING.encode())
                break
            time.sleep(0.01)
        with suppress(OSError):
            os.set_blocking(self.fileno, True)

    # -- to the shell and back --------------------------------------------------------------

    def suspend(self) -> None:
        """Give the terminal to the shell, stop the process group, and come back when it is continued."""
        self.suspend_application_mode()
        handlers = {
            number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTSTP, signal.SIGCONT)
        }
        os.kill(0, signal.SIGTSTP)
        self._wait_for_foreground()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        self._come_back()

    def _continued(self) -> None:
        """Come back after a stop that this process has not seen."""
        if self._entered:
            self._wait_for_foreground()
            self.suspend_application_mode()
            self._come_back()

    def _come_back(self) -> None:
        if not self.lost:
            self.resume_application_mode()
            self._user.terminal_entered()

    def _wait_for_foreground(self) -> None:
        """Stop the process group as long as another group has the terminal."""
        before = signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        try:
            for _ in range(FOREGROUND_CHECKS):
                if os.tcgetpgrp(self.fileno) == os.getpgrp():
                    return
                os.kill(0, signal.SIGTTOU)
                time.sleep(0.001)  # a group without a shell is not stopped
        except OSError:
            self.lose()
        finally:
            signal.signal(signal.SIGTTOU, before)

    def _stop_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self.suspend)

    def _continue_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._continued)
