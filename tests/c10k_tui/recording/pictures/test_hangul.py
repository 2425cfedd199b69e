"""Pictures with Hangul: a syllable fills two cells, from a font that comes along."""

import numpy as np

from c10k_tui.recording.pictures.glyph_masks import mask
from c10k_tui.recording.pictures.styled_cells import PLAIN, RIGHT_HALF, cell, with_halves


def test_a_syllable_fills_both_of_its_cells():
    left, right = mask("한", False, 16, 32), mask(RIGHT_HALF + "한", False, 16, 32)
    assert left.any()
    assert right.any()
    assert not np.array_equal(left, right)


def test_every_syllable_of_the_standard_has_a_glyph_of_its_own():
    missing = mask("뷁", False, 16, 32)  # not in KS X 1001
    rows = (
        bytes((row, column)).decode("euc_kr") for row in range(0xB0, 0xC9) for column in range(0xA1, 0xFF, 9)
    )
    assert not any(np.array_equal(mask(glyph, False, 16, 32), missing) for glyph in rows)


def test_a_bold_syllable_is_heavier():
    assert mask("글", True, 16, 32).sum() > mask("글", False, 16, 32).sum()


def test_the_cell_behind_a_wide_glyph_is_its_right_half():
    row = (cell("한", PLAIN), cell("", PLAIN), cell("a", PLAIN))
    assert [one.glyph for one in with_halves(row)] == ["한", RIGHT_HALF + "한", "a"]
    plain = (cell("a", PLAIN),)
    assert with_halves(plain) is plain
