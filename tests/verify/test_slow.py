"""Slow patterns by their form, and which functions of a patch are measured."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.delta import Changed
from patchwright.verify.slow import nested, patterns
from patchwright.verify.targets import targets

FILES = [
    p
    for top in (Path(json.__file__).parent.parent, Path(__file__).parent.parent)
    for p in sorted(top.glob("*.py"))
]
HEAD = "def f(rows, wanted):\n    found = []\n"
SLOW = {
    "search-in-loop": "    for r in rows:\n        if r not in found:\n            found.append(r)\n",
    "front-of-list": "    while found:\n        found.pop(0)\n",
    "read-in-loop": "    for r in rows:\n        open(wanted)\n",
    "again-in-loop": "    return [sorted(wanted)[r] for r in rows]\n",
    "copy-in-loop": "    for r in rows:\n        found = found + [r]\n",
    "recursion": "    return f(rows - 1, wanted) + f(rows - 2, wanted)\n",
    "scan-in-loop": "    for r in rows:\n        for w in wanted:\n            if w.key == r.key: yield w\n",
    "query-in-loop": "    for r in rows:\n        wanted.execute(r)\n",
    "sleep-in-loop": "    for r in rows:\n        time.sleep(1)\n",
}
FINE = {
    "a set": "    known = set()\n    for r in rows:\n        if r in known: pass\n",
    "outside": "    found.pop(0)\n    open(wanted)\n    sorted(wanted)\n",
    "each its own": "    for r in rows:\n        open(r)\n        sorted(r)\n",
    "a part of each": "    for r in rows:\n        for w in r.parts:\n            if w == 1: yield w\n",
    "the loop's source": "    for r in sorted(rows):\n        pass\n",
}


def seen(before: str, after: str) -> list[str]:
    return [p.rule for _, p in patterns([Changed(path="m.py", before=before, after=after)])]


@pytest.mark.parametrize(("rule", "body"), SLOW.items(), ids=SLOW)
def test_a_slow_pattern_is_seen_where_it_is_new(rule: str, body: str) -> None:
    assert seen(HEAD, HEAD + body) == [rule]
    assert seen(HEAD + body, HEAD + body + "    return found\n") == []


@pytest.mark.parametrize("body", FINE.values(), ids=FINE)
def test_what_is_fine_is_not(body: str) -> None:
    assert seen(HEAD, HEAD + body) == []


def test_comprehensions_are_loops_too() -> None:
    assert seen(HEAD, HEAD + "    return [[w for w in wanted if w.key == r.key] for r in rows]\n") == [
        "scan-in-loop"
    ]
    assert seen(HEAD, HEAD + "    return [w for r in rows for w in r if w == r]\n") == []


def test_a_cache_that_is_gone_is_told() -> None:
    body = "def f(n):\n    return n\n"
    assert seen(f"@lru_cache\n{body}", body) == ["cache-removed"]
    assert seen(f"@lru_cache\n{body}", f"@cache\n{body}") == []


@pytest.mark.parametrize("text", [r"(a+)+$", r"(?:[a-z]+-?)*x", r"(\w+)*:"])
def test_a_pattern_that_chokes_is_seen(text: str) -> None:
    assert nested(text)


@pytest.mark.parametrize("text", [r"[a-z]+(?:-[a-z]+)*", r"(ab)+", r"\d+(\.\d+)?", r"(a+,)+"])
def test_one_that_does_not_is_not(text: str) -> None:
    assert not nested(text)


BEFORE = """LIMIT = 3


def low(x):
    return x


def high(xs):
    return [low(x) for x in xs]


def other(x):
    return LIMIT


class Bag:
    def put(self, x):
        self.x = x

    @staticmethod
    def free(x):
        return x
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("return x\n\n\ndef high", "return x + 1\n\n\ndef high", {"low", "high"}),
        ("# none", "", set[str]()),
        ("LIMIT = 3", "LIMIT = 4", {"other"}),
        ("self.x = x", "self.x = [x]", {"Bag"}),
        ("        return x\n", "        return -x\n", {"Bag", "Bag.free"}),
    ],
)
def test_what_changes_and_what_calls_it_is_measured(old: str, new: str, names: set[str]) -> None:
    found = targets([Changed(path="m.py", before=BEFORE, after=BEFORE.replace(old, new))])
    assert {t.name for t in found.patch} == names == {t.name for t in found.base}


def test_what_reaches_out_is_left_alone_and_named() -> None:
    found = targets(
        [Changed(path="m.py", after="def f(xs):\n    subprocess.run(xs)\n\n\nasync def g(xs): ...\n")]
    )
    assert found.patch == () and len(found.left) == 2


@given(st.sampled_from(FILES))
def test_any_code_can_be_looked_at(path: Path) -> None:
    text = path.read_text()
    change = Changed(path="m.py", after=text)
    assert all(p.line in change.lines for _, p in patterns([change]))
    assert all(text.splitlines()[t.first - 1].strip() for t in targets([change]).patch)
