"""Scenarios: values with a short written form. Impossible settings are refused in one clear line."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.scenario.faults import FAULTS, SLOW_READER
from sim.scenario.lanes import LANES
from sim.scenario.scenario import (
    FDS_LIMIT,
    LADDER,
    PRESETS,
    RATE_LIMIT,
    Scenario,
    ScenarioError,
    Share,
    parse_active,
    parse_field,
    parse_scenario,
    parse_settings,
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any valid scenario."""
    fds = draw(st.integers(1, FDS_LIMIT))
    lanes = draw(st.lists(st.sampled_from(tuple(LANES)), min_size=1, unique=True))
    faults = set(FAULTS) if all(LANES[lane].writes_block for lane in lanes) else set(FAULTS) - {SLOW_READER}
    return Scenario(
        fds=fds,
        active=draw(st.integers(1, fds) | st.integers(1, 10_000).map(Share)),
        rate=draw(st.integers(0, RATE_LIMIT)),
        burst=draw(st.integers(1, 10_000)),
        payload=draw(st.integers(1, 65_536)),
        buffer=draw(st.integers(1, 1_048_576)),
        churn=draw(st.integers(0, 1_000_000)),
        seed=draw(st.integers(0, 2**63 - 1)),
        lanes=tuple(lanes),
        fd_setsize=draw(st.booleans()),
        fault=draw(st.sampled_from(["", *sorted(faults)])),
    )


@given(scenarios())
def test_the_written_form_reads_back_as_the_same_scenario(scenario):
    assert parse_scenario(str(scenario)) == scenario


def test_the_written_form_leaves_out_defaults():
    assert str(Scenario()) == "n=10000 active=3 seed=7 lanes=select|epoll"
    assert str(Scenario(rate=5_000, fd_setsize=True)) == (
        "n=10000 active=3 rate=5k seed=7 lanes=select|epoll fd_setsize=on"
    )


@given(st.text() | st.from_regex(r"(n|fds|active|rate|lanes|seed|burst)=[-0-9.eknM%|,a-z]*", fullmatch=True))
def test_any_text_gives_a_scenario_or_one_line(text):
    try:
        scenario = parse_scenario(text)
    except ScenarioError as error:
        said = str(error)
    else:
        said = str(scenario)
        assert parse_scenario(said) == scenario
    assert said
    assert said.isprintable()


@pytest.mark.parametrize("name", ["n", "active", "rate", "seed"])
def test_a_huge_number_is_refused_like_any_other(name):
    with pytest.raises(ScenarioError, match=r"must be [01] to .*, not 9,?9"):
        parse_scenario(f"{name}={'9' * 28}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fault=cosmic-rays", "there is no fault 'cosmic-rays'; choose from no-drain, no-rearm"),
        ("n=0", "fds must be 1 to 1,000,000, not 0"),
        ("n=2M", "fds must be 1 to 1,000,000, not 2,000,000"),
        ("n=10 active=11", "no more than there are fds"),
        ("active=0", "active must be 1 to 10,000"),
        ("active=0%", "active must be 0.01% to 100%"),
        ("active=101%", "active must be 0.01% to 100%"),
        ("active=0.001%", "is not a share"),
        ("active=some", "'some' is not a number"),
        ("rate=fast", "rate: 'fast' is not a number; write it like 10000, 10k or 1M"),
        ("rate=20M", f"rate must be 0 to {RATE_LIMIT:,}, not 20,000,000"),
        ("burst=0", "burst must be"),
        ("payload=65537", "payload must be"),
        ("buffer=0", "buffer must be"),
        ("lanes=devpoll", "there is no lane 'devpoll'; choose from process, thread, pool, select"),
        ("lanes=", "a race needs a lane"),
        ("lanes=poll|poll", "once only"),
        ("fd_setsize=maybe", "on or off"),
        ("colour=red", "there is no setting 'colour'"),
        ("10000", "'10000' is not a setting; write it like n=10000"),
        ("n=1 fds=2", "fds is given twice"),
    ],
)
def test_an_impossible_setting_is_named(text, said):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_parsed_settings_have_only_the_named_fields():
    assert parse_settings("n=20k lanes=poll") == {"fds": 20_000, "lanes": ("poll",)}
    assert parse_settings("  ") == {}


@pytest.mark.parametrize(
    ("text", "active"),
    [("3", 3), ("1k", 1_000), ("1%", Share(100)), ("0.25%", Share(25)), ("all", Share(10_000))],
)
def test_active_is_a_number_a_share_or_all(text, active):
    assert parse_active(text) == active


@given(st.integers(1, 10_000), st.integers(1, FDS_LIMIT))
def test_a_share_is_at_least_one_and_never_more_than_all(basis_points, fds):
    assert 1 <= Share(basis_points).of(fds) <= fds


@given(scenarios(), st.integers(1, FDS_LIMIT))
def test_changing_fds_always_gives_a_scenario_and_keeps_the_rest(scenario, fds):
    changed = scenario.with_fds(fds)
    assert changed.fds == fds
    assert changed.active_count <= fds
    assert replace(changed, fds=scenario.fds, active=scenario.active) == scenario


@given(scenarios())
def test_no_more_requests_arrive_together_than_connections_are_active(scenario):
    assert 1 <= scenario.burst_count <= min(scenario.burst, scenario.active_count)


@given(
    st.sampled_from(("fds", "active", "rate", "burst", "payload", "buffer", "churn", "seed")),
    st.text(max_size=20),
)
def test_a_field_that_is_no_number_says_so(name, text):
    assume(not any(character.isdigit() for character in text))
    assume(text.strip() != "all")
    with pytest.raises(ScenarioError):
        parse_field(name, text)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_say_what_they_are_and_can_be_passed_on(name):
    description, scenario = PRESETS[name]
    assert description
    assert parse_scenario(str(scenario)) == scenario


def test_the_ladder_climbs_and_ends_at_the_limit():
    assert list(LADDER) == sorted(set(LADDER))
    assert LADDER[-1] == FDS_LIMIT
    assert {16, 1_024, 2_000, 10_000, 100_000} <= set(LADDER)


def test_lanes_may_be_separated_by_commas_or_bars():
    assert parse_scenario("lanes=select,epoll") == parse_scenario("lanes=select|epoll")
    assert parse_scenario("lanes=epoll").lanes == ("epoll",)
