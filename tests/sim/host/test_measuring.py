"""Measurements on the real kernel give a figure, or the reason for a missing one. No test checks a time."""

from __future__ import annotations

import sys

import pytest

from sim.host.host_kernel import why_no_host
from sim.host.measuring.measurement import CannotMeasure, Measurement, summary
from sim.host.measuring.meter import KINDS, Meter
from sim.host.measuring.points import MECHANISMS, WAITS, Point, points
from sim.host.measuring.step_costs import STEPS
from sim.host.measuring.survey import ROUNDS, Survey
from sim.host.measuring.timed_calls import Sample, undisturbed

here = pytest.mark.skipif(why_no_host() is not None, reason="not a machine whose calls are known")


@pytest.fixture(scope="module")
def meter():
    with Meter() as one:
        yield one


@here
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_call_can_be_measured_on_every_kind_of_file(meter, mechanism, wait, kind):
    measurement = meter.measure(Point(mechanism, 20, 3, wait), kind)
    assert 0 < measurement.min_ns <= measurement.ns <= measurement.median_ns
    assert measurement.repetitions >= 3


@here
@pytest.mark.parametrize("name", STEPS)
def test_every_step_can_be_measured(meter, name):
    measurement = meter.step(name)
    assert measurement.ns >= 1
    assert measurement.repetitions >= 1


@here
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_message_goes_round(meter, mechanism):
    assert meter.chain(mechanism, 10, 25).ns > 0


@here
def test_more_descriptors_than_there_may_be_are_refused_and_the_meter_goes_on(meter):
    too_many = meter.nofile.now
    for ask in (
        lambda: meter.measure(Point("poll", too_many, 1, "ready")),
        lambda: meter.measure(Point("poll", too_many // 2, 1, "ready"), "tcp"),
        lambda: meter.chain("poll", too_many // 2, 1),
    ):
        with pytest.raises(CannotMeasure, match=r"open files, but this shell allows"):
            ask()
    assert meter.measure(Point("poll", 3, 1, "ready")).ns > 0


@here
def test_a_measuring_process_that_is_gone_is_one_line():
    with Meter() as meter:
        meter._process.kill()
        with pytest.raises(CannotMeasure, match=r"nothing more is measured"):
            meter.measure(Point("poll", 3, 1, "ready"))


def test_another_system_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(CannotMeasure, match=r"not Linux"):
        Meter()


# --- repetitions and rounds -------------------------------------------------------------------


def test_the_lower_quartile_counts_and_the_empty_loop_is_taken_off():
    samples = [float(ns) for ns in (500, 400, 900, 300, 100, 800, 700, 600)]
    assert summary(samples, 50.0) == Measurement(350, 50, 500, 8)
    assert summary([10.0], 50.0).ns == 1


def test_repetitions_that_lie_far_apart_are_called_noisy():
    assert Measurement(100, 90, 120, 9).noise is None
    told = Measurement(100, 90, 200, 9).noise
    assert told is not None
    assert "100%" in told


def test_a_repetition_does_not_count_if_the_two_clocks_disagree():
    good, stolen = Sample(100_000.0, 101_000.0), Sample(60_000.0, 101_000.0)
    assert undisturbed([good, stolen, good]) == [100_000.0, 100_000.0]
    assert undisturbed([stolen] * 9 + [good]) == [60_000.0] * 9 + [100_000.0]


class Scripted:
    """A meter that gives prepared figures, round by round."""

    def __init__(self, *rounds_ns: int) -> None:
        self.rounds_ns = list(rounds_ns)

    def measure(self, point: Point, kind: str = "eventfd") -> Measurement:
        if not self.rounds_ns:
            raise CannotMeasure("no more")
        ns = self.rounds_ns.pop(0)
        return Measurement(ns, ns, ns, 12)


@pytest.mark.parametrize(
    ("rounds_ns", "ns", "count", "noisy"),
    [
        ((100, 103), 100, 2, False),
        ((100, 150, 104), 100, 3, False),
        ((150, 60, 100, 104), 100, 4, False),  # a single low round does not count
        ((300, 200, 100, 150, 250), 200, ROUNDS, True),
    ],
)
def test_a_round_counts_when_another_one_confirms_it(rounds_ns, ns, count, noisy):
    point = Point("poll", 10, 1, "ready")
    survey = Survey([point], Scripted(*rounds_ns))
    survey.run(lambda done, due, what: None)
    assert survey.ns(point) == ns
    assert len(survey.rounds[point]) == count
    assert (survey.noise(point) is not None) == noisy


def test_a_survey_reports_points_that_it_cannot_measure_and_its_progress():
    some = points((10,), (1,), MECHANISMS, ("ready",))
    survey = Survey(some, Scripted(100, 100))
    told: list[tuple[int, int, str]] = []
    survey.run(lambda done, due, what: told.append((done, due, what)))
    assert survey.why_not == {some[2]: "no more", some[0]: "no more", some[1]: "no more"}
    assert survey.ns(some[2]) is None
    assert survey.ns(some[0]) == 100
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[0] == (0, 3, "select, 10 descriptors")


def test_after_its_time_a_survey_ends_with_one_round():
    some = points((10,), (1,), MECHANISMS, ("ready",))
    survey = Survey(some, Scripted(*range(100, 1_000, 100)))
    survey.run(lambda done, due, what: None, budget_s=-1.0)
    assert [len(rounds) for rounds in survey.rounds.values()] == [1, 1, 1]
