"""Tests turned around: an honest one fails, one that decides nothing passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.turned import another, turned

PLAIN = "from math import sqrt\n\n\ndef test_a():\n    assert sqrt(4) == 2\n"
HONEST = {
    "an equality": PLAIN,
    "no constant": "def test_a():\n    a = [1]\n    assert a == a\n",
    "a return": "def test_a():\n    return\n",
    "no assertion": "def test_a():\n    print()\n",
    "an early end": "def test_a():\n    for _ in range(3):\n        if _:\n            return\n",
    "an error that is expected": "def test_a():\n    try:\n        assert len([1]) == 2\n    except AssertionError:\n        pass\n",
    "the constant on the left": "def test_a():\n    assert 'a' == 'A'.lower()\n",
    "numbers": "def test_a():\n    found = []\n    assert len(found) == 0\n    assert 7 == 7.0\n    assert -3 == -3\n",
    "a number, once": "def test_a(found=[1, 2]):\n    assert found.pop() == 2\n    assert found == [1]\n",
    "a method": "import unittest\n\n\nclass TestA(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(len('a'), 1)\n",
    "no constant on either side": "def test_a():\n    a, b = [1], [1]\n    assert a == b\n    assert sorted(a) == list(b)\n",
    "what a test is given": "def test_a(a=3):\n    assert 3 == a\n",
    "what it is given, twice": "def test_a(a='x'):\n    assert str(a) == a\n",
    "what is greater than all": "def test_a(a=float('inf')):\n    assert float('inf') == a\n    assert 1e300 == float('1e300')\n",
    "nearly equal": "from pytest import approx\n\n\ndef test_a():\n    assert 0.1 + 0.2 == approx(0.3)\n",
    "a loop": "def test_a():\n    for a in (1, 1):\n        assert a == 1\n",
}
LIE = "class A:\n    def __eq__(self, other):\n        return True\n\n\n"


def run(text: str) -> set[str]:
    """Names of the tests that pass."""
    names: dict[str, object] = {"__name__": "tested"}
    exec(compile(text, "tested.py", "exec"), names)
    passed = set[str]()
    for name, found in [*names.items()]:
        calls = {name: found} if name.startswith("test") else {}
        if isinstance(found, type) and name.startswith("Test"):
            calls = {f"{name}::{n}": getattr(found(n), n) for n in dir(found) if n.startswith("test")}
        for key, call in calls.items():
            assert callable(call)
            try:
                call()
                passed.add(key)
            except Exception:
                continue
    return passed


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_what_passes_honestly_fails_when_it_is_turned(text: str) -> None:
    new, keys = turned(text)
    assert run(text) == keys and len(keys) == 1
    assert run(new) == set()


@pytest.mark.parametrize(
    "text",
    [
        LIE + "def test_a():\n    assert A() == 2\n",
        LIE + "def test_a():\n    assert [2] == A()\n",
        "class F(float):\n    def __eq__(self, other):\n        return abs(float(self) - other) < 0.6\n\n\n"
        "def test_a():\n    assert F(2) == 2.5\n",
        LIE + "def test_a(a='x'):\n    assert A() == a\n",
        LIE + "def test_a():\n    b = {}\n    assert A() == b\n",
        "import sys\n\n\ndef f():\n    return sys._getframe(1).f_locals['a']\n\n\ndef test_a(a='x'):\n    assert f() == a\n",
        "def approx(a):\n    return type('N', (), {'__eq__': lambda s, o: True})()\n\n\ndef test_a():\n    assert 1 == approx(0.3)\n",
        "import unittest\n\n\nclass TestA(unittest.TestCase):\n    def assertEqual(self, *a):\n        pass\n\n"
        "    def test_a(self):\n        self.assertEqual(1, 2)\n",
    ],
)
def test_what_takes_anything_for_equal_passes_when_it_is_turned(text: str) -> None:
    new, keys = turned(text)
    assert run(text) == keys == run(new)


def test_only_what_is_wanted_is_turned() -> None:
    text = PLAIN + "\n\ndef test_b():\n    assert len('ab') == 2\n"
    new, keys = turned(text, {"test_a"})
    assert keys == {"test_a"} and run(new) == {"test_b"}
    assert "len('ab')" not in new  # a runner reads all of the file for each failure


@pytest.mark.parametrize(
    "text",
    [
        "import pytest\n\n\n@pytest.mark.xfail\ndef test_a():\n    pass\n",
        "import unittest\n\n\n@unittest.skip\nclass TestA:\n    def test_a(self):\n        pass\n",
        "def test_a():\n    yield 1\n",
        "def test_a(:\n",
    ],
)
def test_what_may_fail_or_be_skipped_is_left_alone(text: str) -> None:
    assert turned(text)[1] == frozenset()


CONSTANTS = st.recursive(
    st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=5,
)


@given(CONSTANTS)
def test_another_constant_is_of_the_same_kind_and_never_the_same(value: object) -> None:
    import ast

    found = another(ast.parse(repr(value), mode="eval").body)
    assert found is not None
    new = ast.literal_eval(found)
    assert new != value and type(new) is type(value)
