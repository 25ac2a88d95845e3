import random
import re
from pathlib import Path

import pytest
from patchwright.tools import syntax
from patchwright.tools.names import fresh
from patchwright.tools.near import MOST_BLOCKS, MOST_USES, harmless

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
    ("old", "new", "seen"),
    [
        ("row.size", "row.cost", True),
        ("total / most", "(total + 1) / most", True),
        ('"x"', '"x y"', True),
        ('"x"', '"y"', False),  # it may be an annotation
        ("    return [r", "    total = max(total, 1)\n    return [r", True),
        ("    return [r", "    total = least(total, 1)\n    return [r", False),
        ("    return [r", "    total = second(total, 1)\n    return [r", False),  # which is bound below
        ("os.path", "first.path", True),
        ("os.path", "rows.path", False),
        ("    return os", "    path = os\n    os = path\n    return os", False),
        ("    total = 0\n", "", False),
        ("    total = 0\n    for row in rows:\n", "    for row in rows:\n        total = 0\n", True),
        ("total += row.size", "total += row.size * LIMIT", True),
        ("row.size\n", "row.size +\n", False),
        ("def first(rows", "def first(lines", False),
        ("    return os", "  return os", True),
        ("    return os", "return os", False),
        ("def second(path):\n", "", False),
        ("import os\n", "", False),
        ("def first(", "wrap = 1\ndef first(", False),  # what stands above is a decorator's end
        ('"x"', '"""', False),
        ("LIMIT = 5", "LIMIT = 6", True),
    ],
)
def test_what_is_touched_tells_whether_an_edit_breaks_nothing(old: str, new: str, seen: bool) -> None:
    assert BEFORE.count(old) >= 1
    assert harmless(BEFORE.encode(), BEFORE.replace(old, new, 1).encode(), fresh) is seen


def test_several_functions_may_be_touched() -> None:
    both = BEFORE.replace("row.size", "row.cost").replace('"x"', '"x y"')
    assert harmless(BEFORE.encode(), both.encode(), fresh)
    assert not harmless(BEFORE.encode(), both.replace("os.path", "ox.path").encode(), fresh)
    assert not harmless(BEFORE.encode(), both.replace("def second", "def third").encode(), fresh)
    assert not harmless(BEFORE.encode(), BEFORE.encode() + b"def third():\n    return third_one\n", fresh)


def changed(draw: random.Random, lines: list[bytes]) -> bytes:
    """A text with something done to one of its lines."""
    text = list(lines)
    at = draw.randrange(len(text))
    names = re.findall(rb"[A-Za-z_]\w+", b"".join(lines))
    match draw.randrange(6):
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
        case 4:
            own = draw.choice(re.findall(rb"[A-Za-z_]\w+", text[at]) or [b"no name"])
            text[at] = re.sub(rb"\b" + own + rb"\b", draw.choice(names), text[at])
        case _:
            text[at] = text[at].removeprefix(b"    ")
    return b"".join(text)


def test_nothing_is_held_for_harmless_that_the_whole_file_shows_to_be_broken() -> None:
    draw, held = random.Random(5), 0
    files = sorted(f for f in TOP.glob("[a-z]*/*.py") if 500 < f.stat().st_size < 9_000)
    for _ in range(600):
        before = draw.choice(files).read_bytes()
        after = changed(draw, before.splitlines(keepends=True))
        if draw.random() < 0.3:
            after = changed(draw, after.splitlines(keepends=True))
        if harmless(before, after, fresh):
            held += 1
            assert syntax.broken("a.py", before, after) == ""
    assert held > 100


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
    assert not harmless(before, before.replace(old, new), fresh)


def test_a_name_that_is_bound_far_up_and_decorators_without_end_are_taken_in() -> None:
    text = b"late = 1\n" + b"(late)\n" * 100_000 + b"def f():\n    return 1\n"
    assert harmless(text, text.replace(b"return 1", b"return late"), fresh)
    decorated = b"@a\n" * 300_000 + b"def f():\n    return 1\n"
    assert harmless(decorated, decorated.replace(b"return 1", b"return 2"), fresh)
