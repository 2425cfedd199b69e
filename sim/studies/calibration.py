"""A cost table of the user's own machine: measured, fitted, and kept in a file.

The fit uses few points, and none of them is a point by which ``make bench`` judges the fit. If the limit of
descriptors is low, the larger points are left out, and the effect of the cache on large sets stays unknown.
Steps that no point shows (a copied byte, epoll_ctl, a packet, an interrupt …) are measured one by one
(:mod:`sim.host.measuring.step_costs`). Two entries of the table are not the kernel's and keep their value:
the server's own work (``application_ns``, ``walk_ps``).

The fit makes one assumption. A loopback packet's way down (the sender's ``write``) and its way up (the
receiver's softirq) happen in one call and cannot be timed separately. This call takes longer than a send that
stays in the buffer. Each of the two ways gets half of the difference.

The file is JSON. It is not used if it cannot be read, if it is not a cost table of this program, if it has
impossible prices, or if it was made on another machine or kernel. The reason is given in one line.

Why not use another machine's table, with a warning? Its figures would be shown as those of this machine.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.machine.costs import BUILT_IN, NEEDED, CostTable, table_of

if TYPE_CHECKING:
    from sim.host.measuring.meter import Meter
    from sim.host.measuring.points import Point

FORMAT = "c10k-tui costs 1"
NAME = "calibrated"
BUDGET_S = 25.0
"""Seconds for measuring points; the rest takes a few seconds."""
FEWEST_FDS = 100
"""Smallest number of descriptors that the largest point must have."""
_AS_THEY_ARE = ("epoll_ctl", "accept", "close", "callback", "interrupt", "loop_turn", "loop_callback")
"""Steps whose figure is the price."""


class CalibrationError(Exception):
    """A calibration that cannot be made, or a file that cannot be used; the message gives the reason in one
    line.
    """


# --- this machine ---------------------------------------------------------------------------------


def machine_name() -> str:
    """The processor as Linux names it, the number of CPUs, and the architecture."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(("model name", "Model")):
                    model = line.partition(":")[2].strip()
                    break
    except OSError:
        pass
    return f"{model}, {os.cpu_count() or 1} CPUs, {platform.machine()}"


def kernel_name() -> str:
    """The kernel and its version, such as ``Linux 6.18.44``."""
    return f"{platform.system()} {platform.release()}"


# --- the file -------------------------------------------------------------------------------------


def save(table: CostTable, path: Path) -> None:
    """Write a table. The file is replaced at once, so it is never incomplete.

    Raises:
        OSError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    data = {"format": FORMAT, **asdict(table)}
    try:
        unfinished.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: Path) -> CostTable:
    """Read the table of a file.

    Raises:
        FileNotFoundError: There is no such file.
        CalibrationError: The file cannot be read, or is no cost table.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CalibrationError(f"{path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise CalibrationError(f"{path} is broken: it is not JSON") from None
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise CalibrationError(f"{path} is not a cost table of this program")
    try:
        return table_of(data)
    except ValueError as error:
        raise CalibrationError(f"{path} is broken or of another version: {error}") from None


def current_costs(path: Path) -> tuple[CostTable, str | None]:
    """The table to use: the one in a file if it is valid for this machine, else the built-in one.

    Returns:
        The table, and one line with the reason for which the file is not used; None instead of the line if
        the file is used, or if there is no file.
    """
    try:
        table = load(path)
    except FileNotFoundError:
        return BUILT_IN, None
    except CalibrationError as error:
        return BUILT_IN, f"{error}; using the built-in costs (c10k-tui calibrate makes a new one)"
    here = machine_name(), kernel_name()
    if (table.machine, table.kernel) != here:
        made_on = " with ".join(text for text in (table.machine, table.kernel) if text) or "another machine"
        return BUILT_IN, f"{path} was made on {made_on}; using the built-in costs (c10k-tui calibrate)"
    return table, None


# --- calibrating ----------------------------------------------------------------------------------

Progress = Callable[[float, str], None]
"""Called with the part that is done, 0 to 1, and the name of the next step."""


def calibrate(progress: Progress) -> tuple[CostTable, list[str]]:
    """Measure this machine's kernel and fit a table; takes less than a minute.

    Returns:
        The table, and warnings: conditions that made it less exact, a line each.

    Raises:
        CalibrationError: Nothing can be measured on this machine.
    """
    from sim.host.measuring.measurement import CannotMeasure
    from sim.host.measuring.meter import Meter
    from sim.host.measuring.step_costs import STEPS

    try:
        with Meter() as meter:
            warnings = [*meter.warnings]
            steps_ns: dict[str, int] = {}
            for number, name in enumerate(STEPS):
                progress(0.1 * number / len(STEPS), name.replace("_", " "))
                try:
                    steps_ns[name] = meter.step(name).ns
                except CannotMeasure as why_not:
                    warnings.append(f"{name.replace('_', ' ')} stays as built in: {why_not}")
            known = with_steps(BUILT_IN, steps_ns)
            points_ns = _survey(meter, progress, warnings)
    except CannotMeasure as why_not:
        raise CalibrationError(str(why_not)) from None
    progress(0.9, "fitting")

    from sim.studies.fit import fitted_table

    table = fitted_table(points_ns, known)
    if any(not getattr(table, name) for name in NEEDED):
        raise CalibrationError(
            "the machine is too busy: its measurements contradict each other; try again later"
        )
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    source = f"measured at {len(points_ns)} points and {len(steps_ns)} steps on eventfds and loopback TCP"
    table = replace(table, name=NAME, source=source, machine=machine_name(), kernel=kernel_name(), date=today)
    progress(1.0, "done")
    return table, warnings


def _survey(meter: Meter, progress: Progress, warnings: list[str]) -> dict[Point, float]:
    from sim.host.measuring.survey import Survey

    chosen = fit_points(meter.nofile.now)
    if max((point.fds for point in chosen), default=0) < FEWEST_FDS:
        raise CalibrationError(
            f"this process may have {meter.nofile.now} descriptors (ulimit -Hn), too few to fit costs"
        )
    survey = Survey(chosen, meter)

    def show_progress(done: int, due: int, text: str) -> None:
        progress(0.1 + 0.8 * done / max(1, due, 2 * len(chosen)), text)

    survey.run(show_progress, BUDGET_S)
    points_ns = {point: float(ns) for point in chosen if (ns := survey.ns(point)) is not None}
    if len(points_ns) < len(chosen) // 2:
        raise CalibrationError(next(iter(survey.why_not.values()), "too few points could be measured"))
    doubtful = [point for point in chosen if survey.noise(point)]
    if len(doubtful) > len(chosen) // 4:
        warnings.append(
            f"the machine was busy: {len(doubtful)} of {len(chosen)} points differ from round to round; "
            "calibrate again when it is quiet"
        )
    return points_ns


def fit_points(nofile: int) -> list[Point]:
    """Points for the fit, as far as the limit of descriptors allows them."""
    from sim.host.host_kernel import SPARE_FDS
    from sim.host.measuring.points import WAITS, points
    from sim.scenario.scenario import Share

    def within(*fds: int) -> list[int]:
        return [n for n in fds if n + SPARE_FDS <= nofile]

    some, most = Share(500), Share(10_000)
    scans = "select", "poll"
    return [
        *points(within(16, 100, 1_000, 3_500, 7_500, 14_000), (1, 7), scans, WAITS),
        *points(within(100, 900, 3_500, 7_500, 14_000), (some, most), scans, WAITS),
        *points(within(16, 1_000), (1, 2, 7), ("epoll",), WAITS),
        *points(within(100, 900, 3_500, 7_500, 14_000), (some, most), ("epoll",), WAITS),
    ]


def with_steps(base: CostTable, steps_ns: dict[str, int]) -> CostTable:
    """A table with the prices that steps give. Prices of missing steps are those of ``base``.

    Args:
        base: The table to start from.
        steps_ns: Time of each step, by the names of :data:`sim.host.measuring.step_costs.STEPS`.
    """
    from sim.host.measuring.step_costs import HIGH_FD, LARGE_READ, MESSAGE, SMALL_READ

    prices = {f"{name}_ns": steps_ns[name] for name in _AS_THEY_ARE if name in steps_ns}
    copy_ps = base.copy_ps
    if "copy" in steps_ns:
        copy_ps = prices["copy_ps"] = max(1, steps_ns["copy"] * 1_000 // (LARGE_READ - SMALL_READ))
    message_ns = MESSAGE * copy_ps // 1_000
    if "empty_words" in steps_ns:
        words = HIGH_FD // 64
        copied_ps = 2 * 8 * words * copy_ps
        prices["word_ps"] = max(0, (steps_ns["empty_words"] * 1_000 - copied_ps) // words)
    if "read" in steps_ns:
        prices["read_ns"] = max(1, steps_ns["read"] - message_ns)
    if {"packet", "write"} <= set(steps_ns):
        way_ns = max(0, steps_ns["packet"] - steps_ns["write"]) // 2
        prices["softirq_ns"] = max(1, way_ns)
        prices["write_ns"] = max(1, steps_ns["write"] + way_ns - message_ns)
    return replace(base, **prices)  # type: ignore[arg-type]
