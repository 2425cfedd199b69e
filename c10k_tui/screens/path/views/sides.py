"""The text of the path screen: the head, the two sides of a step, and the running totals."""

from __future__ import annotations

from itertools import zip_longest

from c10k_tui.screens.path.model import PathModel
from c10k_tui.screens.path.views.strip import LABELS
from c10k_tui.screens.path.views.structures import board_lines, source_lines, structure_lines
from c10k_tui.screens.path.words import (
    account_words,
    duration_words,
    price_words,
    sentence,
    title_of,
    waits_at_client,
)
from c10k_tui.text import glyphs
from c10k_tui.text.cost_table_names import table_words
from c10k_tui.text.styled_text import Line, Span, clip, fitting, pad, spread, width_of, wrap
from sim.path.packet_path import PacketPath
from sim.path.path_values import LOOP_STAGES, LanePath, PathStep
from sim.scenario.units import format_duration

_SENTENCE_ROWS = 5
_HIGH, _FIXED_ROWS = 20, 4
"""From the height ``_HIGH``, title and sentence take ``_FIXED_ROWS`` rows, so that nothing below moves."""
_TOTAL_WIDTH = 12
_STAGE_WIDTH, _COST_WIDTH = 12, 10
_BESIDE = 92
"""Width from which the costs of the steps are beside the structures."""
_LEDGER_WIDTH = 40


def head_lines(model: PathModel, width: int) -> list[Line]:
    """The packet, and the current step."""
    path = model.path
    scenario, size = path.scenario, path.size_bytes
    fd = path.epoll.fd if path.epoll.fd >= 0 else path.select.fd
    who: Line = (
        (" path ", "title"),
        (f" fd {fd}" if fd >= 0 else " no fd", "strong"),
        (f" · {size:,} B · ", "dim"),
        (f"{path.packet.at_ns / 1e6:.4f} ms", "strong"),
        (f" · {scenario.fds:,} fds", "dim"),
    )
    costs: Line = ((f"simulated · costs: {table_words(path.costs)} ", "dim"),)
    if width_of((*who, *costs)) >= width:
        costs = (("simulated ", "dim"),)
    step: list[Span] = [
        (f" step {model.at + 1}", "strong"),
        (f" of {len(model.beats)}", "dim"),
        ("  ", "text"),
    ]
    if model.playing:
        step.append((f"{glyphs.PLAY} a step every {model.stay_s:g} s", "good"))
    else:
        step.append(("→ next · ← back · a autoplay", "dim"))
    return [spread(who, costs, width), clip(tuple(step), width)]


def side_title(path: PacketPath, side: LanePath) -> str:
    """The title of a side."""
    return "epoll, asyncio above it" if side.name == "epoll" and path.program is not None else side.name


def side_subtitle(path: PacketPath, side: LanePath, step: PathStep | None, width: int) -> str:
    """The kernel that a side shows."""
    if side.failure is not None:
        return ""
    if step is not None and step.stage in LOOP_STAGES and path.program is not None:
        talking = path.program.connections
        words = f"asyncio on a kernel of its own, {talking:,} of {path.scenario.fds:,} fds talk"
        return words if len(words) + 4 <= width else "asyncio on a kernel of its own"
    if side.started_ns is not None:
        return f"started for this {format_duration(side.started_ns)} before"
    return "as in the race"


def side_lines(model: PathModel, side: LanePath, width: int, height: int) -> list[Line]:
    """One side at the current step."""
    path = model.path
    index = 0 if side.name == "epoll" else 1
    step = model.beats[model.at][index]
    if step is None:
        return _lines_without_step(model, side, width, height)
    role = side.name
    said = _title_and_sentence(
        (title_of(side, step), role), ((sentence(path, side, step), "text"),), width, height
    )
    cost = _cost_lines(path, side, step, width)
    source = source_lines(path, step, width) if side.name == "epoll" else []
    room = height - len(said) - len(cost)
    lines = _with_ledger(model, side, step, (width, room), source)
    spare = room - len(lines)
    return [*said, *lines, *([()] * spare), *cost]


def _passed(model: PathModel, side: LanePath) -> list[PathStep]:
    """The steps of a side before the current one."""
    index = 0 if side.name == "epoll" else 1
    return [step for beat in model.beats[: model.at] if (step := beat[index]) is not None]


def _with_ledger(
    model: PathModel, side: LanePath, step: PathStep | None, size: tuple[int, int], source: list[Line]
) -> list[Line]:
    """The structures; if there is room, also the costs of all steps beside or below them."""
    width, room = size
    if width < _BESIDE:
        return _drawn(model, side, step, size, source, ledger_lines(model, side, width))
    left = _drawn(model, side, step, (width - _LEDGER_WIDTH, room), source, [])
    right: list[Line] = ledger_lines(model, side, _LEDGER_WIDTH - 2)
    lines: list[Line] = []
    for one, other in zip_longest(left, right, fillvalue=()):
        lines.append((*pad(one, width - _LEDGER_WIDTH), ("  ", "text"), *other))
    return lines[:room]


def _drawn(
    model: PathModel,
    side: LanePath,
    step: PathStep | None,
    size: tuple[int, int],
    source: list[Line],
    table: list[Line],
) -> list[Line]:
    """As many structures as fit, and below them the source and the costs if there is room."""
    width, room = size
    path, passed = model.path, _passed(model, side)
    few = [] if step is None else structure_lines(path, side, step, width)
    whole, near = (
        board_lines(path, side, passed, step, width, whole=whole or side.name == "select")
        for whole in (True, False)
    )
    beneath = [(), *source] if source else []
    for lines in (
        [(), *whole, *beneath, (), *table],
        [(), *near, *beneath, (), *table],
        [(), *whole, *beneath],
        [(), *near, *beneath],
        [(), *few, *beneath],
        [(), *near],
        [(), *few],
        few,
    ):
        if len(lines) <= room:
            return lines
    return few[:room]


def ledger_lines(model: PathModel, side: LanePath, width: int) -> list[Line]:
    """A heading, and all steps of a side; steps up to the current one with their costs."""
    index = 0 if side.name == "epoll" else 1
    most_ns = max((step.cost_ns for step in side.steps), default=0) or 1
    room = width - _STAGE_WIDTH - _COST_WIDTH - 2
    lines: list[Line] = [(("costs, bars to this side's dearest", "idle"),)]
    for at, beat in enumerate(model.beats):
        step = beat[index]
        if step is None:
            continue
        name = LABELS[step.stage][0].ljust(_STAGE_WIDTH)
        if at > model.at:
            lines.append(((name, "idle"),))
            continue
        cost = f"{duration_words(step.cost_ns) if step.cost_ns else '–':>{_COST_WIDTH}}"
        bar = glyphs.FULL * (-(-room * step.cost_ns // most_ns))
        role = "cursor" if at == model.at else "text"
        shown = "strong" if at == model.at else "dim"
        lines.append(((name.rstrip(), role), (" " * (len(name) - len(name.rstrip())), "text"), (cost, shown)))
        lines[-1] = (*lines[-1], (" ", "text"), (bar, side.name))
    return lines


def _cost_lines(path: PacketPath, side: LanePath, step: PathStep, width: int) -> list[Line]:
    """The cost of the step, its accounts, and the sum so far."""
    price = price_words(path, step)
    lines: list[Line] = []
    call_ns, before_ns = side.call_ns, side.paid_before_ns
    if step.stage in ("return", "scan") and before_ns:
        call = "epoll_wait" if side.name == "epoll" else "select"
        said = f"{call}: {duration_words(call_ns)} in all, {duration_words(before_ns)} before the packet"
        lines += wrap(((said, "dim"),), width, 2)
    accounts = account_words(step) if step.cost_ns else ""
    lines += wrap(((accounts, "dim"),), width, 2) if accounts else []
    so_far: Line = (("so far ", "dim"), (duration_words(step.end_ns), "strong"))
    paid: Line = ((price, "strong" if step.cost_ns else "dim"),)
    if width_of(paid) + width_of(so_far) + 2 <= width:
        lines.append(spread(paid, so_far, width))
    else:
        lines += [*wrap(paid, width, 2), spread((), so_far, width)]
    return lines


def _title_and_sentence(title: Span, words: Line, width: int, height: int) -> list[Line]:
    """A title and a sentence. If there is room, they take a fixed number of rows, so that nothing below
    moves.
    """
    text, role = title
    lines: list[Line] = [(("▌ ", role), (text, role)), *wrap(words, width, _SENTENCE_ROWS)]
    return [*lines, *([()] * (_FIXED_ROWS - len(lines)))] if height >= _HIGH else lines


def _lines_without_step(model: PathModel, side: LanePath, width: int, height: int) -> list[Line]:
    """A side without a step at this beat: the reason, and the state of its structures."""
    if side.failure is not None:
        return _title_and_sentence(
            (f"{side.name} has failed", "alarm"), ((side.failure, "text"),), width, height
        )
    if _goes_on(model, side):
        title, words = ("Nothing of the kind", "dim"), "select keeps no list of what came."
    elif side.unfinished:
        title, words = ("Not followed further", "wasted"), f"{side.unfinished}."
    elif waits_at_client(side):
        title, words = ("Held back", "wasted"), "It waits at its client."
    elif side.dropped:
        title, words = ("Dropped", "alarm"), "The packet's way has ended."
    else:
        since = duration_words(side.total_ns)
        title, words = ("Done", "good"), f"The program has its data: {since} after the packet came."
    said = _title_and_sentence(title, ((words, "text"),), width, height)
    return [*said, *_with_ledger(model, side, None, (width, height - len(said)), [])]


def _goes_on(model: PathModel, side: LanePath) -> bool:
    """True if the side has steps after the current one."""
    index = 0 if side.name == "epoll" else 1
    return any(beat[index] is not None for beat in model.beats[model.at + 1 :])


def total_lines(model: PathModel, width: int) -> list[Line]:
    """The running totals on one scale, and at the last step the result."""
    path = model.path
    most_ns = max(path.epoll.total_ns, path.select.total_ns, 1)
    return [
        *(_total(model, side, most_ns, width) for side in (path.epoll, path.select)),
        _verdict(model, width),
    ]


def _total(model: PathModel, side: LanePath, most_ns: int, width: int) -> Line:
    index = 0 if side.name == "epoll" else 1
    passed = [beat[index] for beat in model.beats[: model.at + 1]]
    now_ns = max((step.end_ns for step in passed if step is not None), default=0)
    words = f" {duration_words(now_ns)}"
    room = max(4, width - 8 - _TOTAL_WIDTH)
    whole = max(1, room * side.total_ns // most_ns) if side.steps else 0
    done = min(whole, -(-room * now_ns // most_ns))
    return (
        (f" {side.name:<7}", side.name),
        (glyphs.FULL * done, side.name),
        (glyphs.HEAT[0] * (whole - done), "idle"),
        (words, "strong"),
    )


def _verdict(model: PathModel, width: int) -> Line:
    path = model.path
    read, ready = path.select.step("read"), path.epoll.step("handle")
    if not model.over or read is None or ready is None:
        return ((" since the packet came, on one scale; what is still to come is shaded", "dim"),)
    line = path.epoll.step("await")
    ahead, behind = ("epoll", "select") if ready.end_ns <= read.end_ns else ("select", "epoll")
    times = max(ready.end_ns, read.end_ns) / max(1, min(ready.end_ns, read.end_ns))
    said = f" read {times:,.1f}× sooner with {ahead} than with {behind}"
    if line is None:
        return clip(((said, "good"),), width)
    after = duration_words(line.end_ns - ready.end_ns)
    long: Line = ((f"{said} · from the read to the line: {after}", "good"),)
    short: Line = ((f"{said} · read to line: {after}", "good"),)
    return fitting((long, short), width)
