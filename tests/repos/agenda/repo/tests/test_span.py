import pytest

from agenda.clock import minutes, show
from agenda.span import Span, parse, parse_all


def test_times_are_read_and_shown():
    assert minutes("9:30") == 570
    assert show(570) == "9:30"


def test_a_time_must_be_within_the_day():
    with pytest.raises(ValueError, match="25:00"):
        minutes("25:00")


def test_a_span_is_read_and_shown():
    assert parse("9:00-10:30") == Span(540, 630)
    assert str(Span(540, 630)) == "9:00-10:30"


def test_a_span_must_not_be_empty():
    with pytest.raises(ValueError, match="end after its start"):
        parse("9:00-9:00")


def test_many_spans():
    assert len(parse_all("9:00-10:00, 11:00-12:00")) == 2
