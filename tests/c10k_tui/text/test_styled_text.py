"""Lines of spans: cut, filled, spread and broken to exact widths."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from c10k_tui.text.styled_text import clip, fitting, marked, merged, pad, spread, text_of, width_of, wrap

SPANS = st.lists(st.tuples(st.text("ab 日c", max_size=9), st.sampled_from(["x", "y"])), max_size=6).map(tuple)


@given(line=SPANS, width=st.integers(0, 30))
def test_clip_never_exceeds_and_pad_always_reaches_the_width(line, width):
    assert width_of(clip(line, width)) <= width
    assert width_of(pad(line, width)) == width


def test_a_cut_line_ends_in_an_ellipsis():
    assert text_of(clip((("asked about ", "text"), ("10,000", "strong")), 15)) == "asked about 10…"


def test_a_wide_character_is_not_cut_in_two():
    assert text_of(clip((("ab日本語", "text"),), 6)) == "ab日…"
    assert text_of(pad((("日本", "text"),), 5)) == "日本 "


def test_a_line_that_fits_is_left_alone():
    line = (("asked", "text"),)
    assert clip(line, 5) is line


@given(left=SPANS, right=SPANS, width=st.integers(1, 60))
def test_spread_fills_the_width_exactly(left, right, width):
    assert width_of(spread(left, right, width)) == width


@given(line=SPANS, width=st.integers(3, 30), rows=st.integers(1, 4))
def test_wrapped_rows_keep_to_width_and_number(line, width, rows):
    wrapped = wrap(line, width, rows)
    assert len(wrapped) <= rows
    longest = max(map(cell_len, text_of(line).split()), default=0)  # a word may consist of several spans
    assert all(width_of(row) <= max(width, longest) for row in wrapped)


def test_wrap_breaks_at_blanks_and_keeps_roles():
    line = (("asked about ", "text"), ("10,000", "strong"), (", 3 were ready", "text"))
    first, second = wrap(line, 20, 2)
    assert text_of(first) == "asked about 10,000,"
    assert ("10,000", "strong") in [(text.strip(), role) for text, role in first]
    assert text_of(second) == "3 were ready"


def test_wrap_says_that_words_are_missing():
    assert text_of(wrap((("one two three four", "text"),), 9, 1)[0]) == "one two…"


def test_neighbours_of_one_role_are_joined():
    assert merged([("a", "x"), ("", "y"), ("b", "x"), ("c", "y")]) == (("ab", "x"), ("c", "y"))


def test_text_between_stars_is_strong():
    assert marked("*3* were *ready*: ", ("none", "dim")) == (
        ("3", "strong"),
        (" were ", "text"),
        ("ready", "strong"),
        (": ", "text"),
        ("none", "dim"),
    )


def test_the_longest_wording_that_fits_is_taken():
    choices = marked("one two three four"), marked("one two"), marked("1 2")
    assert text_of(fitting(choices, 18)) == "one two three four"
    assert text_of(fitting(choices, 17)) == "one two"
    assert text_of(fitting(choices, 2)) == "1 2"
    assert text_of(fitting(choices, 10, 2)) == "one two three four"
    assert text_of(fitting(choices, 9, 2)) == "one two"
    assert text_of(fitting(choices, 3, 2)) == "one two"


@given(st.lists(st.text("ab ", max_size=30), min_size=1, max_size=4), st.integers(1, 20), st.integers(2, 3))
def test_a_wording_that_fits_is_wrapped_whole(texts, width, rows):
    chosen = fitting(tuple(marked(text) for text in texts), width, rows)
    wrapped = " ".join(text_of(row) for row in wrap(chosen, width, rows))
    words = " ".join(text_of(chosen).split())
    assert wrapped.strip() == words or chosen == marked(texts[-1])
