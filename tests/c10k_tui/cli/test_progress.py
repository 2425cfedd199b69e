"""The line of progress: one row, on a terminal only, erased at the end."""

import io

import pyte
import pytest

from c10k_tui.cli.progress import FIRST_S, ProgressLine, drawn, showing_progress


class FakeTerminal(io.StringIO):
    """A terminal that keeps what is written to it."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True

    def row(self, columns: int) -> str:
        """The first row of a terminal after all that was written; the second one must be empty."""
        screen = pyte.Screen(columns, 2)
        pyte.Stream(screen).feed(self.getvalue())
        assert not screen.display[1].strip()
        return screen.display[0].rstrip()


class HandClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def line_on(terminal: FakeTerminal, columns: int = 80) -> tuple[ProgressLine, HandClock]:
    clock = HandClock()
    return ProgressLine("capacity", terminal, clock, lambda _stream: columns), clock


def test_work_that_ends_within_a_second_shows_nothing():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    line.report(0.5, "epoll")
    clock.now_s += FIRST_S - 0.01
    line.draw()
    line.erase()
    assert terminal.getvalue() == ""


def test_the_line_shows_the_part_the_seconds_and_the_step():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    line.report(0.31, "epoll, 120,000 connections")
    clock.now_s += 12.5
    line.draw()
    assert terminal.row(80) == "capacity  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌  31 %  12 s  epoll, 120,000 connections"


def test_a_step_that_reports_nothing_still_shows_its_seconds():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    line.report(None, "reading")
    shown = []
    for _ in range(3):
        clock.now_s += 2
        line.draw()
        line.draw()  # the same line is not written twice
        shown.append(terminal.row(80))
    assert shown == ["capacity  2 s  reading", "capacity  4 s  reading", "capacity  6 s  reading"]
    assert terminal.getvalue().count("\r") == 2 * len(shown)


def test_a_shorter_line_and_ctrl_c_leave_nothing_of_the_longer_one():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    clock.now_s += 2
    line.report(0.5, "a long name of a step")
    line.draw()
    terminal.write("^C")
    line.report(0.5, "short")
    line.draw()
    assert terminal.row(80).endswith("50 %  2 s  short")
    terminal.write("^C")
    line.erase()
    assert terminal.row(80) == ""


@pytest.mark.parametrize("columns", [1, 3, 4, 10, 20, 40, 60, 80])
def test_every_width_has_one_row_with_room_for_ctrl_c(columns):
    terminal = FakeTerminal()
    line, clock = line_on(terminal, columns)
    clock.now_s += 9
    line.report(0.42, "io_uring-sqpoll, 1,000,000 connections")
    line.draw()
    assert len(terminal.row(max(columns, 2))) <= max(1, columns - 3)
    if columns == 20:
        assert terminal.row(columns) == "42 %  9 s  io_ur…"


def test_an_encoding_without_the_signs_gets_others():
    terminal = FakeTerminal("ascii")
    line, clock = line_on(terminal)
    clock.now_s += 9
    line.report(0.25, "43.2 µs of 1 s")
    line.draw()
    assert terminal.row(80) == "capacity  #####---------------  25 %  9 s  43.2 us of 1 s"


def test_the_line_gives_way_to_other_output():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    clock.now_s += 9
    line.report(0.25, "drawing")
    line.draw()
    with line.erased():
        assert terminal.row(80) == ""
    line.draw()
    assert terminal.row(80).endswith("drawing")


def test_a_terminal_that_is_gone_does_not_stop_the_work():
    class Gone(FakeTerminal):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    line, clock = line_on(Gone())
    clock.now_s += 9
    line.draw()
    assert not line.visible
    line.erase()


def test_nothing_is_shown_where_standard_error_is_no_terminal(capsys):
    with showing_progress("run") as line:
        assert not line.visible
        line.report(0.5, "half")
        line.draw()
    assert capsys.readouterr() == ("", "")


def test_the_line_is_erased_after_an_error():
    terminal = FakeTerminal()
    line, clock = line_on(terminal)
    clock.now_s += 9
    line.report(0.5, "half")
    line.draw()
    assert terminal.row(80)
    with pytest.raises(ValueError, match="odd"), drawn(line):
        raise ValueError("odd")
    assert terminal.row(80) == ""
