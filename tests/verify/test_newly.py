"""What counts as new."""

from patchwright.verify.delta import Changed
from patchwright.verify.newly import Issue, newly, plain


def issue(line: int, code: str = "eval(x)", path: str = "a.py", where: str = "f") -> Issue:
    return Issue("code-injection", "error", path, line, "told", code, where)


def test_what_was_there_is_not_new_wherever_it_moved() -> None:
    assert newly([issue(3)], [issue(30)], ()) == []
    assert newly([issue(3)], [issue(3, path="b.py", where="g")], ()) == []


def test_one_more_of_the_same_is_new_and_it_is_the_one_on_the_changed_line() -> None:
    change = Changed(path="a.py", before="a\neval(x)\n", after="a\neval(x)\neval(x)\nb\neval(x)\n")
    found = newly([issue(2)], [issue(2), issue(3)], [change])
    assert found == [issue(3)]


def test_what_takes_the_place_of_another_is_one_grade_lower() -> None:
    [found] = newly([issue(3)], [issue(3, "eval(y)")], ())
    assert found.severity == "warning"
    [elsewhere] = newly([issue(3)], [issue(3, "eval(y)", where="g")], ())
    assert elsewhere.severity == "error"


def test_what_a_formatter_changes_is_no_other_code() -> None:
    assert plain("f(\n    'a',\n    b,\n)") == plain('f("a", b)')
