"""Numbers with units: typed text is read exactly, and shown numbers are short and correct."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.units import (
    format_bytes,
    format_count,
    format_duration,
    format_short,
    parse_count,
    parse_duration_ns,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("10000", 10_000),
        ("10,000", 10_000),
        ("10_000", 10_000),
        ("20k", 20_000),
        ("20K", 20_000),
        (" 1.5M ", 1_500_000),
        ("0.001k", 1),
        ("1m", 1_000_000),
    ],
)
def test_a_count_takes_a_suffix(text, value):
    assert parse_count(text) == value


@pytest.mark.parametrize(
    "text", ["", "k", "-3", "+3", "1e3", "1.5", "0.0001k", "3x", "1 000", "nan", "²", "٣"]
)
def test_text_that_is_no_whole_number_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r"^'.*' is not a (whole )?number") as caught:
        parse_count(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value_ns"),
    [
        ("1ns", 1),
        ("100ms", 100_000_000),
        ("2.5 us", 2_500),
        ("2.5µs", 2_500),  # MICRO SIGN
        ("2.5μs", 2_500),  # GREEK SMALL LETTER MU, which some keyboards type
        ("1s", 1_000_000_000),
        ("0.000000001s", 1),
    ],
)
def test_a_duration_takes_a_unit(text, value_ns):
    assert parse_duration_ns(text) == value_ns


@pytest.mark.parametrize("text", ["", "100", "ms", "-1ms", "1min", "1 m s", "1e3ns"])
def test_a_duration_without_a_unit_is_refused(text):
    with pytest.raises(ValueError, match="is not a duration; write it like 100ms"):
        parse_duration_ns(text)


@pytest.mark.parametrize("text", ["0s", "0.4ns"])
def test_a_duration_of_nothing_is_refused(text):
    with pytest.raises(ValueError, match="less than a nanosecond"):
        parse_duration_ns(text)


@given(st.integers(min_value=0, max_value=10**15))
def test_a_count_survives_being_written_and_read(value):
    assert parse_count(format_count(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1_024, "1024"), (20_000, "20k"), (1_500_000, "1500k"), (10**6, "1M")],
)
def test_a_count_is_written_as_short_as_is_exact(value, text):
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("value_ns", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_000, "1.00 µs"),
        (1_700, "1.70 µs"),
        (684_000, "684 µs"),
        (999_999, "1.00 ms"),
        (12_408_000, "12.4 ms"),
        (2_000_000_000, "2.00 s"),
        (99_960, "100 µs"),
    ],
)
def test_a_duration_is_shown_with_three_digits(value_ns, text):
    assert format_duration(value_ns) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.00 kB"), (12_400, "12.4 kB"), (1_250_000, "1.25 MB")],
)
def test_bytes_are_shown_in_decimal_units(value, text):
    assert format_bytes(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (9_997, "9,997"), (10_000, "10.0k"), (82_000, "82.0k"), (999_999, "1.00M")]
)
def test_a_count_is_cut_where_room_is_scarce(value, text):
    assert format_short(value) == text


@given(st.integers(min_value=0, max_value=10**11))
def test_a_shown_duration_is_within_half_a_per_cent(value_ns):
    """Three digits leave an error of at most 0.5 % (1.00 stands for 0.995 to 1.005)."""
    digits, unit = format_duration(value_ns).split()
    shown_ns = float(digits) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
    assert abs(shown_ns - value_ns) <= max(0.5, 0.005 * value_ns)


@pytest.mark.parametrize("text", ["9" * 5_000, "1" * 41 + "k", "0." + "1" * 40])
def test_a_number_too_long_to_mean_anything_is_refused_in_one_line(text):
    with pytest.raises(ValueError, match="is not a number; write it like"):
        parse_count(text)
