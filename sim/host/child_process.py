"""Start a module of this package as a Python process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment that keeps NumPy's libraries from starting threads, which would share the descriptor table."""


def start_python(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Run ``python -m module arguments``, with pipes on its standard input and output.

    Raises:
        OSError: The process cannot be started.
    """
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root},
    )
