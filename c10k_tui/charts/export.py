"""Writes pictures of a chart under names of files that do not exist yet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from c10k_tui.charts.chart import Chart
from c10k_tui.charts.shapes import ChartPage, page_of
from c10k_tui.charts.svg import svg_of_page, title_of


def export(charts: Sequence[Chart], stem: str, folder: Path) -> tuple[Path, Path]:
    """Write the charts as ``stem.svg`` and ``stem.png``; as ``stem-2.…`` if one of the files exists.

    Returns:
        The two files.

    Raises:
        OSError: a file cannot be written. No part of either file remains.
    """
    return export_page(page_of(charts), title_of(charts), stem, folder)


def export_page(page: ChartPage, title: str, stem: str, folder: Path) -> tuple[Path, Path]:
    """Write any page of shapes as SVG and PNG; see :func:`export`."""
    from c10k_tui.charts.png import png_of_page

    contents = (svg_of_page(page, title).encode(), png_of_page(page))
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        paths = (folder / f"{name}.svg", folder / f"{name}.png")
        try:
            _write_new(paths, contents)
        except FileExistsError:
            continue
        return paths
    raise AssertionError("unreachable: numbers do not end")


def _write_new(paths: Sequence[Path], contents: Sequence[bytes]) -> None:
    """Write all files or none.

    Raises:
        FileExistsError: one of them exists.
        OSError: one of them cannot be written.
    """
    begun: list[Path] = []
    try:
        for path, content in zip(paths, contents, strict=True):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
                begun.append(path)
                file.write(content)
    except OSError:
        for path in begun:
            path.unlink(missing_ok=True)
        raise
