import pytest

from timesheet import text
from timesheet.report import lines, summary


def test_columns_have_one_width():
    assert text.column(["Ana", "Bo"]) == ["Ana", "Bo "]


def test_words_are_counted():
    assert [text.plural(n, "entry") for n in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, "00:00"), (5, "00:05"), (59, "00:59"), (60, "01:00"), (605, "10:05"), (6000, "100:00")]
)
def test_minutes_are_shown_as_hours(minutes, expected):
    assert text.clock(minutes) == expected


def test_the_report_has_a_line_for_each_person():
    assert lines([("Ana", 65), ("Bo", 600)]) == ["Ana  01:05", "Bo   10:00"]


def test_the_summary_adds_up():
    assert summary([("Ana", 65), ("Bo", 600)]) == "2 people, 11:05"
