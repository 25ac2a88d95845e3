from agenda.planner import conflicts, first_common, free
from agenda.span import parse, parse_all

DAY = parse("8:00-17:00")


def show_free(meetings: str) -> str:
    return ", ".join(map(str, free(DAY, parse_all(meetings))))


def test_a_day_without_meetings_is_free():
    assert show_free("") == "8:00-17:00"


def test_free_time_between_meetings():
    assert show_free("13:00-14:00, 9:00-10:00") == "8:00-9:00, 10:00-13:00, 14:00-17:00"


def test_meetings_that_overlap():
    assert show_free("9:00-11:00, 10:00-12:00") == "8:00-9:00, 12:00-17:00"


def test_a_meeting_inside_of_another():
    assert show_free("9:00-12:00, 10:00-10:30") == "8:00-9:00, 12:00-17:00"


def test_meetings_outside_of_the_day_do_not_count():
    assert show_free("6:00-7:00, 18:00-19:00") == "8:00-17:00"


def test_conflicts():
    assert len(conflicts(parse_all("9:00-11:00, 10:00-12:00, 12:00-13:00"))) == 1


def test_the_first_common_span():
    ana = parse_all("8:00-12:00, 9:00-9:30")
    ben = parse_all("13:00-15:00")
    assert str(first_common(DAY, [ana, ben], 60)) == "12:00-13:00"
    assert first_common(DAY, [ana, ben], 600) is None
