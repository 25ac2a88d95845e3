"""Places that are filled in anew: where they are, what stands around them, and what comes of it."""

import ast

import pytest
from patchwright.tools.holes import Hole, around, filled, holes, unwritten, variants

TEXT = '''import math


def hypot(values):
    """The length of a vector."""
    total = 0
    for value in values:
        if value:
            total += (
                value
            )
    return math.sqrt(total)


class Box:
    def size(self):
        try:
            return 1
        except ValueError: return 2

    def later(self):
        """Not yet."""
        raise NotImplementedError("later")
'''


def node(name: str) -> ast.FunctionDef:
    nodes = [n for n in ast.walk(ast.parse(TEXT)) if isinstance(n, ast.FunctionDef)]
    return next(n for n in nodes if n.name == name)


def spans(name: str) -> list[tuple[int, int]]:
    return [(hole.first, hole.last) for hole in holes("a.py", node(name))]


def test_statements_are_holes_and_the_lines_that_compound_ones_begin_with() -> None:
    assert spans("hypot") == [(6, 6), (7, 7), (8, 8), (9, 11), (12, 12)]
    assert spans("size") == [(18, 18), (19, 19)]


def test_what_is_yet_to_be_written_is_one_hole() -> None:
    assert list(holes("a.py", node("later"))) == [Hole("a.py", 23, 23, line=False)]


def unwritten_body(body: str) -> bool:
    (found,) = ast.parse(f"def f(x):\n    {body}\n").body
    assert isinstance(found, ast.FunctionDef)
    return unwritten(found)


def test_a_stub_is_yet_to_be_written() -> None:
    for body in (
        "pass",
        "...",
        "raise NotImplementedError",
        '"""Says."""',
        '"""Says."""\n    raise NotImplementedError()',
    ):
        assert unwritten_body(body), body
    for body in (
        "return",
        "raise ValueError",
        "x += 1\n    raise NotImplementedError",
        "return NotImplemented",
    ):
        assert not unwritten_body(body), body


def test_the_issue_and_the_file_stand_around_it() -> None:
    before, after = around(TEXT, Hole("a.py", 9, 11), "Wrong.\n\nSee it.\n")
    assert before.startswith("# Wrong.\n#\n# See it.\n\nimport math\n")
    assert before.endswith("        if value:\n            ")
    assert after.startswith("\n    return math.sqrt(total)\n")


def test_of_a_long_file_the_nearest_lines_are_shown() -> None:
    text = "x = 1\n" * 2_000 + TEXT + "y = 2\n" * 2_000
    before, after = around(text, Hole("a.py", 2_009, 2_011), "")
    assert 3_000 < len(before) <= 4_010 and before.startswith("\n\nx = 1\n")
    assert 1_000 < len(after) <= 2_000 and after.endswith("\ny = 2")


def test_a_line_takes_the_place_of_a_statement() -> None:
    code = filled(TEXT, Hole("a.py", 9, 11), "total += value ** 2\n    return 7\n")
    assert "            total += value ** 2\n    return math.sqrt(total)" in code
    assert code.startswith("def hypot(values):") and "class" not in code and "return 7" not in code


def test_a_method_stands_below_its_class() -> None:
    code = filled(TEXT, Hole("a.py", 23, 23, line=False), "return 3\n\n    def more(self:\n")
    assert code == 'class Box:\n    def later(self):\n        """Not yet."""\n        return 3'


@pytest.mark.parametrize("middle", ["total += (value)", "total +=", "", "total += value  # as it was"])
def test_what_is_as_before_or_no_python_is_nothing(middle: str) -> None:
    assert filled(TEXT, Hole("a.py", 9, 11), middle) == ""


def test_a_statement_of_another_kind_may_be_one_that_is_missing() -> None:
    hole = Hole("a.py", 8, 8)
    [instead] = variants(TEXT, hole, "if value > 0:")
    assert "        if value > 0:\n" in instead and "if value:" not in instead
    [before] = variants(
        TEXT, hole, "total = max(total, 0)"
    )  # in its place nothing would be above what follows
    assert "        total = max(total, 0)\n        if value:\n" in before
    instead, before = variants(TEXT, Hole("a.py", 12, 12), "total /= 2")
    assert "sqrt" not in instead and before.endswith("    total /= 2\n    return math.sqrt(total)")
    assert len(variants(TEXT, Hole("a.py", 6, 6), "total = 1")) == 1
