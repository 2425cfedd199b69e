"""Charts as values, and as SVG and PNG files.

- ``chart``: a chart of costs as a value: curves, points, scales.
- ``benchmark_charts``: charts made from the rows of a benchmark.
- ``shapes``: a chart as lines, dots and texts on a page.
- ``svg``, ``png``: such a page as a file.
- ``export``: writes both files under free names.

All of them may be imported from outside. They import ``text`` and ``sim``. The chart in the cells of a
terminal is drawn by :mod:`c10k_tui.screens.curve.views.plot`.
"""
