"""The error of a script that failed: one line that names the script's own line."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from sim.stacks.code_place import Place, one_line


class ScriptError(Exception):
    """A script failed, or has not given control back.

    Args:
        message: one line.
        details: the traceback, without the frames of the simulator's code that runs the script.
        place: the script's line that failed; None if no line of the script is known.
    """

    def __init__(self, message: str, details: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.details = details


def uncaught(error: BaseException, is_own: Callable[[str], bool]) -> ScriptError:
    """The error for an exception that the script did not catch.

    Args:
        error: the exception; its outermost frame is the simulator's.
        is_own: returns True for a file that belongs to the script.
    """
    whole = traceback.TracebackException.from_exception(error)
    own = [frame for frame in whole.stack if is_own(frame.filename)]
    whole.stack = traceback.StackSummary.from_list(whole.stack[1:])
    kind = "" if str(error) and type(error).__module__.startswith("sim") else f"{type(error).__name__}: "
    text = f"{kind}{error}".removesuffix(": ")
    text = one_line(text.splitlines()[0])
    if own and not text.startswith(f"{Path(own[-1].filename).name}:"):
        text = f"{Path(own[-1].filename).name}:{own[-1].lineno} in {own[-1].name}: {text}"
    place = Place(own[-1].filename, own[-1].lineno or 1, own[-1].name) if own else None
    return ScriptError(text, "".join(whole.format()), place)


def exit_error(name: str, end: SystemExit) -> ScriptError | None:
    """The error for a script that calls ``sys.exit``; None if its exit status is 0.

    Args:
        name: the script's file name.
        end: the exception of ``sys.exit``; with a text as its code, Python prints the text and exits with 1.
    """
    if isinstance(end.code, str):
        said = " ".join(end.code.split()) or "ended with exit status 1"
        return ScriptError(one_line(f"{name}: {said}"))
    return ScriptError(f"{name}: ended with exit status {end.code}") if end.code else None


def compiled(path: Path) -> CodeType:
    """A script's code.

    Raises:
        ScriptError: the file cannot be read, or is not Python.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}") from None
    try:
        code: CodeType = compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""  # null bytes or a bad encoding have no line
        raise ScriptError(f"{path.name}{line}: {error.msg}") from None
    except ValueError as error:
        raise ScriptError(f"{path.name}: {error}") from None
    return code
