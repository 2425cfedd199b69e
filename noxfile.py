"""Runs the test suite on every Python that the project supports and that this machine has.

``nox --list`` names the interpreters found, and those that are missing. An interpreter counts only if it
runs: a shim on ``PATH`` that ends with an error is skipped. The search order is:

1. the variable ``PYTHON3_14`` (``PYTHON3_15`` …), a path;
2. every folder on ``PATH``, as ``python3.14``;
3. the versions that pyenv keeps;
4. folders with an unpacked Debian package: ``.interpreters/3.14`` in this checkout (made by
   ``make interpreters``) and ``/opt/python3.14``.

``tests-3.13`` runs the whole suite on Python 3.13, ``core-3.13`` the tests that depend most on the
interpreter, and ``others`` runs ``core`` on each interpreter except the one that runs nox. Arguments after
``--`` are pytest's: ``nox -s tests-3.13 -- tests/sim -x``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nox

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
ROOT = Path(__file__).parent
SETTLE_S = 20.0
"""Longest time in seconds that an interpreter may take to print its version."""

nox.options.error_on_missing_interpreters = True
# Debian's unpacked interpreters have no ensurepip, which venv needs; virtualenv brings its own pip.
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True


def places(version: str) -> Iterator[Path]:
    """Paths at which an interpreter of this version may be, the preferred one first."""
    if named := os.environ.get("PYTHON" + version.replace(".", "_")):
        yield Path(named)
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    newest_first = sorted((pyenv / "versions").glob(f"{version}.*"), key=_patch_level, reverse=True)
    yield from (folder / "bin" / "python" for folder in newest_first)
    for unpacked in (ROOT / ".interpreters" / version, Path(f"/opt/python{version}")):
        yield unpacked / "usr" / "bin" / f"python{version}"
        yield unpacked / "bin" / f"python{version}"


def _patch_level(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.name.split(".") if part.isdigit())


def runs(interpreter: Path, version: str) -> bool:
    """True if the interpreter starts and is of this version."""
    if not interpreter.is_file():
        return False
    question = "import ctypes, ssl, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [interpreter, "-c", question], capture_output=True, text=True, timeout=SETTLE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == version


def find(version: str) -> Path | None:
    """The first interpreter of this version that runs; None if the machine has none."""
    return next((place for place in places(version) if runs(place, version)), None)


CORE = ("tests/sim", "tests/conformance", "tests/asyncio_programs", "tests/cpython", "tests/c10k_tui/cli")
"""The tests that depend on the interpreter most: the simulated kernel, asyncio on it, the commands."""


def _run_tests(session: nox.Session, *given: str) -> None:
    session.install("--quiet", "--constraint", "constraints.txt", "--editable", ".[dev]")
    session.run("python", "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", *given)


def whole(session: nox.Session) -> None:
    """Run the whole suite, or pytest with the arguments after ``--``."""
    _run_tests(session, *session.posargs)


def core(session: nox.Session) -> None:
    """The tests that depend on the interpreter most."""
    _run_tests(session, *(session.posargs or CORE))


@nox.session(python=False, default=False)
def others(session: nox.Session) -> None:
    """Run ``core`` on every interpreter found, except the version that runs nox."""
    here = "{}.{}".format(*sys.version_info)
    for version in FOUND:
        if version != here:
            session.notify(f"core-{version}")
    session.log(f"found: Python {', '.join(FOUND)}; {here} runs nox; missing: {', '.join(MISSING) or 'none'}")


INTERPRETERS = {version: find(version) for version in VERSIONS}
FOUND = [version for version, interpreter in INTERPRETERS.items() if interpreter is not None]
MISSING = [version for version in VERSIONS if version not in FOUND]
for _version in FOUND:
    _path = str(INTERPRETERS[_version])
    nox.session(python=_path, name=f"tests-{_version}", tags=["whole"])(whole)
    nox.session(python=_path, name=f"core-{_version}", tags=["core"], default=False)(core)
if MISSING:
    print(
        f"No interpreter that runs was found for Python {', '.join(MISSING)}. `make interpreters` unpacks"
        " Debian's 3.14 and 3.15; or name one: PYTHON3_14=/path/to/python3.14",
        file=sys.stderr,
    )
