import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from patchwright.tools import names, syntax
from patchwright.tools.near import MOST_BLOCKS, MOST_USES, NAME, Block, told, undefined


def fresh(blocks: Sequence[Block]) -> list[dict[str, int] | None]:
    return [names.fresh(old, new) for old, new, _ in blocks]


TOP = Path(syntax.__file__).parents[1]
BEFORE = """import os

LIMIT = 5


@wrapped(
    LIMIT
)
def first(rows, most=LIMIT):
    total = 0
    for row in rows:
        total += row.size
    return [r for r in rows if r.size > total / most]


def second(path):
    return os.path.join(path, "x")
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("row.size", "row.cost", []),
        ("total / most", "(total + 1) / most", []),
        ('"x"', '"x y"', []),
        ('"x"', '"y"', None),  # it may be an annotation
        ("    return [r", "    total = max(total, 1)\n    return [r", []),
        ("    return [r", "    total = least(total, 1)\n    return [r", [(13, "least")]),
        ("    return [r", "    total = second(total, 1)\n    return [r", None),  # which is bound below
        ("os.path", "first.path", []),
        ("os.path", "rows.path", None),
        ("    return os", "    path = os\n    os = path\n    return os", None),
        ("    total = 0\n", "", None),
        ("    total = 0\n    for row in rows:\n", "    for row in rows:\n        total = 0\n", []),
        ("total += row.size", "total += row.size * LIMIT", []),
        ("row.size\n", "row.size +\n", None),
        ("def first(rows", "def first(lines", None),
        ("    return os", "  return os", []),
        ("    return os", "return os", None),
        ("def second(path):\n", "", None),
        ("import os\n", "", None),
        ("def first(", "wrap = 1\ndef first(", None),  # what stands above is a decorator's end
        ('"x"', '"""', None),
        ("LIMIT = 5", "LIMIT = 6", []),
    ],
)
def test_what_is_touched_tells_what_an_edit_breaks_or_nothing(
    old: str, new: str, found: list[tuple[int, str]] | None
) -> None:
    assert BEFORE.count(old) >= 1
    assert undefined(BEFORE.encode(), BEFORE.replace(old, new, 1).encode(), fresh) == found


def test_several_functions_may_be_touched() -> None:
    both = BEFORE.replace("row.size", "row.cost").replace('"x"', '"x y"')
    assert undefined(BEFORE.encode(), both.encode(), fresh) == []
    two = both.replace("row.cost", "least(row)").replace("os.path", "ox.path").encode()
    assert undefined(BEFORE.encode(), two, fresh) == [(12, "least"), (17, "ox")]
    assert undefined(BEFORE.encode(), both.replace("def second", "def third").encode(), fresh) is None
    third = b"def third():\n    first_one = 1\n    return third_one\n"
    assert undefined(BEFORE.encode(), BEFORE.encode() + third, fresh) == [(20, "third_one")]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE.replace("total += row.size", "total += least(row)").replace("LIMIT = 5", "least = 5"),
        BEFORE.replace("total += row.size", "total += least(row)").replace("import os", "from os import *"),
        BEFORE.replace("total += row.size", "total += least(row)").replace("\n", "\r\n"),
        BEFORE.replace("total += row.size", "least = least(row)"),
        BEFORE.replace("total += row.size", "total += __least__(row)"),
        BEFORE.replace(
            "        total += row.size",
            "        try:\n            least\n        except NameError:\n            pass",
        ),
    ],
)
def test_where_something_else_may_define_a_name_the_whole_file_is_looked_at(after: str) -> None:
    before = BEFORE.replace("\n", "\r\n") if "\r" in after else BEFORE
    assert undefined(before.encode(), after.encode(), fresh) is None


def test_a_name_that_another_function_binds_meanwhile_is_left_to_a_look_at_the_whole_file() -> None:
    after = BEFORE.replace("row.size", "least(row)").replace(
        "def second(path):", "def second(path, least=1):"
    )
    assert undefined(BEFORE.encode(), after.encode(), fresh) is None


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        ("try:\n    f()\nexcept OSError as e:\n    g(e)\nh = 1\n", "h = 1", "h = e"),
        (
            "def f():\n    sys.x\n    try:\n        g()\n    except OSError as e:\n        a = e\n",
            "a = e",
            "sys = e",
        ),
        ("def f():\n    a: int\n    a = 1\n    return a\n", "    a = 1\n", ""),
        ("def f():\n    a: list[int] = []\n    return a\n", "list[int]", "list[a]"),
        ("@wrap(1)\ndef f():\n    pass\n", "wrap(1)", "wrap(f)"),
        ("def f(a=1):\n    pass\n", "a=1", "a=f"),
        ("class A:\n    b = 1\n", "b = 1", "b = A"),
        ("class A:\n    def __init__(self):\n        self.a = 1\n", "= 1", "= __init__"),
        ("def f(a: 'list[int]'):\n    pass\n", "list[int]", "list[A]"),
        ("__all__ = ['f']\ndef f():\n    pass\n", "'f'", "'f g'"),
    ],
)
def test_what_python_binds_late_or_not_at_all_is_not_held_for_bound(before: str, old: str, new: str) -> None:
    assert undefined(before.encode(), before.replace(old, new, 1).encode(), fresh) is None


def changed(draw: random.Random, lines: list[bytes]) -> bytes:
    """A text with something done to one of its lines."""
    text = list(lines)
    at = draw.randrange(len(text))
    words = re.findall(rb"[A-Za-z_]\w+", b"".join(lines))
    match draw.randrange(8):
        case 0:
            del text[at]
        case 1:
            text.insert(at, draw.choice(lines))
        case 2:
            other = draw.randrange(len(text))
            text[at], text[other] = text[other], text[at]
        case 3:
            place = draw.randrange(len(text[at]) + 1)
            text[at] = text[at][:place] + draw.choice([b"(", b'"""', b":", b"\n", b"@"]) + text[at][place:]
        case 4 | 5 | 6:
            own = draw.choice(re.findall(rb"[A-Za-z_]\w+", text[at]) or [b"no name"])
            other = draw.choice([b"strange", b"stranger", *draw.sample(words, min(3, len(words)))])
            text[at] = re.sub(rb"\b" + own + rb"\b", other, text[at], count=draw.randrange(2))
        case _:
            text[at] = text[at].removeprefix(b"    ")
    return b"".join(text)


def test_it_tells_the_same_as_a_look_at_the_whole_file() -> None:
    draw, held, strange = random.Random(5), 0, 0
    files = sorted(f for f in TOP.glob("[a-z]*/*.py") if 500 < f.stat().st_size < 9_000)
    for _ in range(1200):
        before = draw.choice(files).read_bytes()
        after = changed(draw, before.splitlines(keepends=True))
        if draw.random() < 0.3:
            after = changed(draw, after.splitlines(keepends=True))
        found = undefined(before, after, fresh)
        if found is not None:
            held += not found
            strange += bool(found)
            rows = [(line, NAME.format(name)) for line, name in found]
            assert syntax.broken("a.py", before, after) == told("a.py", rows)
    assert (held > 100, strange > 10) == (True, True)


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        (b"def f():\n    x = 1\n" * (MOST_BLOCKS + 1), b"x = 1", b"x = 2"),
        (b"def f():\n" + b"    x()\n" * 100_000 + b"    return 1\n", b"return 1", b"return 2"),
        (b"(late)\n" * (MOST_USES + 1) + b"late = 1\ndef f():\n    return 1\n", b"return 1", b"return late"),
        (b"late, " * 300_000 + b"\nlate = 1\ndef f():\n    return 1\n", b"return 1", b"return late"),
    ],
)
def test_a_text_of_any_kind_is_looked_at_for_a_bounded_time(before: bytes, old: bytes, new: bytes) -> None:
    assert undefined(before, before.replace(old, new), fresh) is None


def test_a_name_that_is_bound_far_up_and_decorators_without_end_are_taken_in() -> None:
    text = b"late = 1\n" + b"(late)\n" * 100_000 + b"def f():\n    return 1\n"
    assert undefined(text, text.replace(b"return 1", b"return late"), fresh) == []
    decorated = b"@a\n" * 300_000 + b"def f():\n    return 1\n"
    assert undefined(decorated, decorated.replace(b"return 1", b"return 2"), fresh) == []
