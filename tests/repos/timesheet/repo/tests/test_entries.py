import pytest

from timesheet.entries import BadEntry, Entry, parse, totals


def test_a_line_is_parsed():
    assert parse("Ana Maria 9:00-12:30") == Entry("Ana Maria", 540, 750)


@pytest.mark.parametrize("line", ["", "Ana", "Ana 9:00", "Ana 9-10", "Ana 10:00-9:00"])
def test_a_line_that_is_no_entry_is_refused(line):
    with pytest.raises(BadEntry):
        parse(line)


def test_totals_keep_the_order():
    entries = [parse("Bo 8:00-9:00"), parse("Ana 9:00-9:30"), parse("Bo 10:00-10:15")]
    assert totals(entries) == [("Bo", 75), ("Ana", 30)]
