"""Charts as SVG, for the export of the curve screen and for ``c10k-tui bench --svg``.

The document has plain shapes and text, no script, no style sheet and no embedded font. Equal charts give
equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from c10k_tui.charts.chart import Chart
from c10k_tui.charts.shapes import PAGE, ChartPage, DotShape, LineShape, Shape, TextShape, page_of

if TYPE_CHECKING:
    from sim.machine.costs import CostTable
    from sim.studies.benchmark import BenchmarkRow

FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"


def svg_of(charts: Sequence[Chart]) -> str:
    """The charts, one below the other, as an SVG document."""
    return svg_of_page(page_of(charts), title_of(charts))


def title_of(charts: Sequence[Chart]) -> str:
    """The title of a page of charts."""
    return "; ".join(chart.title for chart in charts)


def svg_of_page(page: ChartPage, title: str) -> str:
    """A page of shapes as an SVG document."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{page.width}" height="{page.height}" '
        f'viewBox="0 0 {page.width} {page.height}" font-family="{FONT}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{page.width}" height="{page.height}" fill="{PAGE}"/>',
        *_elements(page),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def chart_svg(rows: Sequence[BenchmarkRow], costs: CostTable) -> str:
    """The rows of a benchmark as an SVG document, with a chart for each kind of call and active number."""
    from c10k_tui.charts.benchmark_charts import charts_of_rows

    return svg_of(charts_of_rows(rows, costs))


def _elements(page: ChartPage) -> list[str]:
    return [_element(shape) for shape in page.shapes]


def _element(shape: Shape) -> str:
    if isinstance(shape, LineShape):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        dash = f' stroke-dasharray="{shape.dash:g}"' if shape.dash else ""
        return (
            f'<polyline points="{points}" fill="none" stroke="{shape.colour}" '
            f'stroke-width="{shape.width:g}"{dash}/>'
        )
    if isinstance(shape, DotShape):
        return (
            f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="{shape.radius:g}" '
            f'fill="{shape.colour if shape.filled else PAGE}" stroke="{shape.colour}" stroke-width="1.8"/>'
        )
    return _text(shape)


def _text(words: TextShape) -> str:
    bold = ' font-weight="bold"' if words.bold else ""
    halo = f' stroke="{PAGE}" stroke-width="4" paint-order="stroke"' if words.halo else ""
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    return (
        f'<text x="{words.x:.1f}" y="{words.y:.1f}" font-size="{words.size}" fill="{words.colour}"'
        f"{anchor}{bold}{halo}>{escape(words.text)}</text>"
    )
