"""The test suite on every Python that the project supports and that this machine has.

``nox --list`` names the interpreters found, and those that are missing. An interpreter counts only if it
runs: a shim on ``PATH`` that ends with an error is passed over. The places searched, in this order:

1. the variable ``PYTHON3_14`` (``PYTHON3_15`` …), a path;
2. every folder on ``PATH``, as ``python3.14``;
3. the versions that pyenv keeps;
4. folders into which a Debian package was unpacked: ``.interpreters/3.14`` in this checkout (made by
   ``make interpreters``) and ``/opt/python3.14``.

Sessions take arguments for pytest after ``--``: ``nox -s tests-3.13 -- tests/sim -x``.
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
"""Longest time an interpreter may take to say its version."""

nox.options.error_on_missing_interpreters = True
# Debian's unpacked interpreters have no ensurepip, which venv needs; virtualenv brings its own pip.
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True


def places(version: str) -> Iterator[Path]:
    """Paths at which an interpreter of this version may lie, the preferred one first."""
    if named := os.environ.get("PYTHON" + version.replace(".", "_")):
        yield Path(named)
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    newest_first = sorted((pyenv / "versions").glob(f"{version}.*"), key=_patch_level, reverse=True)
    yield from (folder / "bin" / "python" for folder in newest_first)
    for folder in (ROOT / ".interpreters" / version, Path(f"/opt/python{version}")):
        yield folder / "usr" / "bin" / f"python{version}"
        yield folder / "bin" / f"python{version}"


def _patch_level(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.name.split(".") if part.isdigit())


def runs(interpreter: Path, version: str) -> bool:
    """True if the interpreter starts and is of this version."""
    if not interpreter.is_file():
        return False
    question = "import ssl, sqlite3, sys; print('%d.%d' % sys.version_info[:2])"
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


def _tests(session: nox.Session) -> None:
    session.install("--quiet", "--constraint", "constraints.txt", "--editable", ".[dev]")
    session.run("python", "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", *session.posargs)


_found = {version: find(version) for version in VERSIONS}
for _version, _interpreter in _found.items():
    if _interpreter is not None:
        nox.session(python=str(_interpreter), name=f"tests-{_version}")(_tests)
_missing = [version for version, interpreter in _found.items() if interpreter is None]
if _missing:
    print(
        f"No interpreter that runs was found for Python {', '.join(_missing)}: "
        "`make interpreters` unpacks Debian's, or name one, as PYTHON3_14=/path/to/python3.14",
        file=sys.stderr,
    )
