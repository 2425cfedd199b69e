"""The loop screen with a thousand tasks: the cost of its pictures, without the simulation."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import Figure

CLIENTS = 500
"""Number of clients. Each has a task, and the server has another task for it."""
MEASURED_S = 5.0
CPU_PERCENT = 40
"""Largest CPU share of the screen, in per cent of a core, without the script's own part."""
SCRIPT = f"""
import asyncio

async def serve(reader, writer):
    while data := await reader.read(100):
        writer.write(data)
    writer.close()

async def client(number):
    reader, writer = await asyncio.open_connection("localhost", 8080)
    while True:
        await asyncio.sleep(0.01 * (number % 17 + 1))
        writer.write(bytes(50))
        await reader.read(100)

async def main():
    await asyncio.start_server(serve, "localhost", 8080, backlog={CLIENTS})
    await asyncio.gather(*(client(number) for number in range({CLIENTS})))

asyncio.run(main())
"""


async def _watch(path: Path, speed: float) -> tuple[float, float, float]:
    """Watch a script.

    Returns:
        CPU time divided by wall time, the script's part of this, and pictures per second.
    """
    from c10k_tui.app.watch_app import WatchApp
    from c10k_tui.screens.loop.screen import LoopScreen
    from sim.scripts.script import Script
    from sim.scripts.script_output import ScriptOutput

    output = ScriptOutput()
    app = WatchApp(Script(path, output=output), speed=None)
    async with app.run_test(size=(120, 36)):
        watching, screen = app.loop_model, app.screen
        assert isinstance(screen, LoopScreen)
        while watching.script.record is None or watching.script.record.counters().turns < 60:
            await asyncio.sleep(0.1)
        watching.speed = speed
        simulated_s, pictures = 0.0, 0
        go, draw = watching._go, screen.draw

        def timed(*given: Any, **named: Any) -> bool:
            nonlocal simulated_s
            begin_s = time.process_time()
            moved = go(*given, **named)
            simulated_s += time.process_time() - begin_s
            return moved

        def counted() -> None:
            nonlocal pictures
            pictures += 1
            draw()

        watching._go, screen.draw = timed, counted  # type: ignore[method-assign]
        begin_s, cpu_s = time.perf_counter(), time.process_time()
        await asyncio.sleep(MEASURED_S)
        wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - cpu_s
    output.close()
    return cpu_s / wall_s, simulated_s / wall_s, pictures / wall_s


def figures() -> list[Figure]:
    """Measure at a readable pace and at a fast one."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "thousand.py"
        path.write_text(SCRIPT, encoding="utf-8")
        for speed in (5.0, 100.0):
            cpu, simulated, pictures = asyncio.run(_watch(path, speed))
            name = f"loop screen, {2 * CLIENTS + 1:,} tasks, {speed:g} turns/s"
            found.append(Figure(f"{name}: CPU beside the script", 100 * (cpu - simulated), "%", CPU_PERCENT))
            found.append(Figure(f"{name}: the script's own CPU", 100 * simulated, "%"))
            found.append(
                Figure(f"{name}: pictures", pictures, "/s", note="as many as moved, or 10 at a fast pace")
            )
    return found
