"""Ratios as text, written in one way everywhere."""

from __future__ import annotations


def ratio_text(over: int, under: int) -> str:
    """``over`` divided by ``under``, which is not 0: ``402``, ``1.8``, ``0.25``."""
    value = over / under
    if value < 0.0095:
        return f"{value:.1g}"
    if value < 0.995:
        return f"{value:.2f}"
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"
