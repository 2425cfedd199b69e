"""Measured figures as the data of events: each comes back as it was, and nothing else is taken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c10k_tui.recording.cast.figures import FigureDecoder, FigureEncoder, FigureError
from c10k_tui.session.host_lane_switch import MECHANISMS
from c10k_tui.session.measured_figures import (
    CurveShown,
    HostLaneSeen,
    LaneMeasured,
    MeasurementBegun,
    MeasurementRefused,
    PointMeasured,
    TableMeasurementBegun,
)
from sim.host.host_view import HostView, starting_view
from sim.host.measuring.points import Point
from sim.scenario.lanes import LANES
from sim.studies.host_comparison import HostComparison

WORDS = st.none() | st.sampled_from(["this process may have 1,024 descriptors", "it moves by 12 %"])
COUNTS = st.integers(0, 10**12)
POINTS = st.builds(
    Point,
    st.sampled_from(["select", "poll", "epoll"]),
    st.integers(9, 10**6),
    st.integers(1, 9),
    st.just("ready"),
)
VIEWS = st.builds(
    HostView,
    mechanism=st.sampled_from(MECHANISMS),
    state=st.sampled_from(["starting", "opening", "running", "failed"]),
    requested=COUNTS,
    opened=COUNTS,
    why_fewer=WORDS,
    failure=WORDS,
    wakeups=COUNTS,
    last_ns=st.none() | COUNTS,
    last_ready=COUNTS,
    last_slept=st.booleans(),
    median_ns=st.none() | COUNTS,
    best_ns=st.none() | COUNTS,
    played=COUNTS,
    answered=COUNTS,
    skipped=COUNTS,
)
SLEEPS = st.floats(0, 100)
LANES_COMPARED = st.builds(
    HostComparison, st.sampled_from(list(LANES)), COUNTS, COUNTS, SLEEPS, COUNTS, SLEEPS
)
LANES_COMPARED |= st.builds(
    HostComparison, st.just("kqueue"), COUNTS, *[st.none()] * 4, st.just("it needs BSD"), WORDS
)
FIGURES = st.one_of(
    st.just(CurveShown()),
    st.just(MeasurementBegun()),
    st.just(TableMeasurementBegun()),
    st.builds(MeasurementRefused, st.just("this is not Linux")),
    st.builds(LaneMeasured, LANES_COMPARED),
    st.builds(PointMeasured, POINTS, st.none() | COUNTS, WORDS, WORDS),
    st.builds(HostLaneSeen, VIEWS),
)


@given(st.lists(st.tuples(FIGURES, st.none() | st.integers(0, 9_999)), max_size=6))
def test_each_figure_comes_back_as_it_was(figures):
    encoder, decoder = FigureEncoder(), FigureDecoder()
    for figure, after in figures:
        data = encoder.data(figure, after)
        assert "\n" not in data
        assert decoder.figure(data) == (figure, after)


def test_a_host_event_has_only_what_has_changed():
    encoder = FigureEncoder()
    encoder.data(HostLaneSeen(starting_view("epoll", 64)))
    assert (
        encoder.data(HostLaneSeen(replace(starting_view("epoll", 64), opened=3))) == '{"host":{"opened":3}}'
    )
    assert encoder.data(PointMeasured(Point("select", 10, 1, "slept"), 1_234)) == (
        '{"point":["select",10,1,"slept"],"ns":1234}'
    )


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"curve":"drawn"}',
        '{"refused":5}',
        '{"table":"drawn"}',
        '{"lane":["telepathy",64]}',
        '{"lane":["epoll"]}',
        '{"lane":[["epoll"],64]}',
        '{"lane":["epoll",64],"measured":5}',
        '{"lane":["epoll",64],"measured":[1,NaN]}',
        '{"lane":["epoll",64],"measured":[1,-1]}',
        '{"lane":["epoll",64],"measured":[1.5,1]}',
        '{"curve":"shown","after":-1}',
        '{"curve":"shown","after":true}',
        '{"point":["select",10,1],"ns":1}',
        '{"point":["select",10,11,"slept"],"ns":1}',
        '{"point":["select",10,1,"never"],"ns":1}',
        '{"point":[["select"],10,1,"slept"],"ns":1}',
        '{"point":["select",1e9,1,"slept"],"ns":1}',
        '{"point":["select",10,1,"slept"],"ns":-1}',
        '{"point":["select",10,1,"slept"],"ns":1e400}',
        '{"point":["select",10,1,"slept"],"ns":1000000000000000000}',
        '{"point":["select",10,1,"slept"],"ns":1,"noisy":{}}',
        '{"host":{"opened":3}}',
        '{"host":{"mechanism":"telepathy","requested":3}}',
        '{"host":{"mechanism":["epoll"],"requested":3}}',
        '{"host":{"mechanism":"epoll","requested":3,"colour":"red"}}',
        '{"host":{"mechanism":"epoll","requested":3,"last_slept":1}}',
        '{"host":{"mechanism":"epoll","requested":3,"state":"drunk"}}',
        '{"host":{"mechanism":"epoll","requested":null}}',
        '{"host":5}',
    ],
    ids=lambda data: data[:60],
)
def test_data_that_is_no_figure_is_refused(data):
    with pytest.raises(FigureError):
        FigureDecoder().figure(data)


def test_text_in_a_figure_is_made_harmless():
    figure, _ = FigureDecoder().figure('{"refused":"a\\u001b]0;x\\u0007b"}')
    assert figure == MeasurementRefused("a ]0;x b")
