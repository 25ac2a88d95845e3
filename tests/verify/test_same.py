"""Which patches are the same but for how they are written down."""

import pytest
from patchwright.verify.delta import Changed
from patchwright.verify.same import normal

CODE = 'def f(a):\n    """Says what it is."""\n    return {"x": a}\n'


def digest(after: str, path: str = "a.py", before: str = "x = 1\n") -> str:
    return normal([Changed(path=path, before=before, after=after)])


@pytest.mark.parametrize(
    "other",
    [
        "def f(a):\n    return {'x': a}\n",
        "def f(a):  # a comment\n\n    return {\n        'x': a,\n    }\n",
        '"""A module."""\n' + CODE,
        "def f(a): return ({'x': a})",
    ],
)
def test_layout_comments_quotes_and_docstrings_make_no_difference(other: str) -> None:
    assert digest(CODE) == digest(other)


@pytest.mark.parametrize(
    "other",
    [
        "def f(b):\n    return {'x': b}\n",
        "def f(a):\n    return {'x': 1}\n",
        "",
        "def f(a:\n",
        "'''s'''\nf = 1",
    ],
)
def test_other_code_is_something_else(other: str) -> None:
    assert digest(CODE) != digest(other)


def test_where_it_stands_counts_and_the_order_does_not() -> None:
    assert digest(CODE) != digest(CODE, path="b.py")
    two = [Changed(path="a.py", after=CODE), Changed(path="b.txt", after="x\n")]
    assert normal(two) == normal(two[::-1])


def test_of_other_text_only_blanks_at_the_end_of_lines_and_blank_lines_do_not_count() -> None:
    assert digest("a\nb\n", path="a.txt") == digest("a  \n\n\nb", path="a.txt")
    assert digest("a\nb\n", path="a.txt") != digest("a\n b\n", path="a.txt")
    assert digest("def f(:\n", path="a.py") == digest("def f(:  \n\n", path="a.py")


def test_code_that_is_too_deep_to_be_compared_as_a_tree_is_compared_as_text() -> None:
    deep = "x = " + "-" * 5_000 + "1\n"
    assert digest(deep) == digest(deep)
    assert digest(deep) != digest("y" + deep)
