"""What a change of a test file takes away, and what it may do."""

import pytest
from patchwright.verify.weaken import weakened

BEFORE = """import unittest
import pytest
from shop import price, total


@pytest.mark.parametrize("n", [1, 2, 3])
def test_many(n):
    assert total([n]) == n


def test_total():
    basket = [1, 2]
    assert total(basket) == 3
    assert total([]) == 0
    assert price(3) == pytest.approx(2.97, abs=0.001)
    with pytest.raises(ValueError):
        total(None)


class TestPrice(unittest.TestCase):
    def test_one(self):
        self.assertEqual(price(1), 1)
        self.assertAlmostEqual(price(2), 1.99, places=3)
"""
TAKEN = {
    "a test is gone": ("def test_total", "def check_total", {"test-removed"}),
    "an assertion is gone": ("    assert total([]) == 0\n", "", {"assertion-removed"}),
    "an assertion became pass": ("    assert total([]) == 0\n", "    pass\n", {"assertion-removed"}),
    "an expected error is gone": (
        "    with pytest.raises(ValueError):\n        total(None)\n",
        "",
        {"assertion-removed"},
    ),
    "another value": ("== 3", "== 4", {"expected-value-changed"}),
    "another value of unittest": ("(price(1), 1)", "(price(1), 2)", {"expected-value-changed"}),
    "another error": ("raises(ValueError)", "raises(Exception)", {"expected-value-changed"}),
    "another operator": ("total(basket) == 3", "total(basket) >= 3", {"assertion-weakened"}),
    "another assertion": ("assertEqual(price(1), 1)", "assertTrue(price(1))", {"assertion-weakened"}),
    "a constant": ("total(basket) == 3", "True", {"assertion-weakened"}),
    "itself": ("total(basket) == 3", "total(basket) == total(basket)", {"assertion-weakened"}),
    "a tuple": ("assert total(basket) == 3", "assert (total(basket) == 3, 'right')", {"assertion-weakened"}),
    "or True": ("total(basket) == 3", "total(basket) == 3 or True", {"assertion-weakened"}),
    "a tolerance": ("abs=0.001", "abs=10", {"tolerance-changed"}),
    "a new tolerance": (
        "total(basket) == 3",
        "total(basket) == pytest.approx(3, rel=1)",
        {"tolerance-changed"},
    ),
    "fewer places": ("places=3", "places=0", {"tolerance-changed"}),
    "a skip": ("def test_total", "@pytest.mark.skip\ndef test_total", {"skip-added"}),
    "a failure that is expected": ("def test_total", "@pytest.mark.xfail\ndef test_total", {"skip-added"}),
    "a class that is skipped": ("class TestPrice", "@unittest.skip('')\nclass TestPrice", {"skip-added"}),
    "a skip inside": ("    basket = [1, 2]\n", "    pytest.skip()\n    basket = [1, 2]\n", {"skip-added"}),
    "a skip of all": ("import pytest\n", "import pytest\npytestmark = pytest.mark.skip\n", {"skip-added"}),
    "nothing is collected": ("import pytest\n", "import pytest\n__test__ = False\n", {"skip-added"}),
    "an early return": ("    basket = [1, 2]\n", "    return\n    basket = [1, 2]\n", {"early-return"}),
    "a case": ("[1, 2, 3]", "[1, 2]", {"cases-removed"}),
    "what it raises is caught": (
        "    assert total([]) == 0\n",
        "    try:\n        assert total([]) == 0\n    except AssertionError:\n        pass\n",
        {"exception-swallowed"},
    ),
    "a mock": (
        "    basket = [1, 2]\n",
        "    total = unittest.mock.Mock(return_value=3)\n    basket = [1, 2]\n",
        {"mock-added"},
    ),
}


@pytest.mark.parametrize(("old", "new", "rules"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken_away_is_told(old: str, new: str, rules: set[str]) -> None:
    assert BEFORE.count(old) == 1
    found = weakened("t.py", BEFORE, BEFORE.replace(old, new))
    assert {f.rule for f in found} == rules
    assert all(f.path == "t.py" and f.line and f.check == "tamper" for f in found)


def test_a_file_that_is_gone_takes_its_tests_along() -> None:
    found = weakened("t.py", BEFORE, "")
    assert [f.message for f in found] == [
        f"{n} is gone" for n in ("test_many", "test_total", "TestPrice.test_one")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    basket = [1, 2]\n", "    # what is in it\n    basket = [\n        1, 2,\n    ]\n"),
        ("[1, 2, 3]", "[1, 2, 3, 4]"),
        ("    assert total([]) == 0\n", "    assert total([]) == 0\n    assert total([5]) == 5\n"),
        ("class TestPrice", "def test_new():\n    assert total([9]) == 9\n\n\nclass TestPrice"),
        ("    total(None)\n", "    total(None)\n    return\n"),
    ],
)
def test_what_is_added_is_not(old: str, new: str) -> None:
    assert weakened("t.py", BEFORE, BEFORE.replace(old, new)) == []


def test_a_test_that_moved_to_another_file_is_only_noted() -> None:
    gone, rest = BEFORE.partition("def test_total")[0], BEFORE.partition("class TestPrice")[2]
    (found,) = weakened("t.py", BEFORE, f"{gone}class TestPrice{rest}", ["x = 1", BEFORE])
    assert (found.rule, found.severity) == ("test-renamed", "note")
    assert {f.severity for f in weakened("t.py", BEFORE, "", [BEFORE])} == {"note"}
    assert {f.severity for f in weakened("t.py", BEFORE, "", [BEFORE.replace("== 3", "== 4"), "def ("])} == {
        "note",
        "error",
    }


def test_a_file_of_another_language_may_move_too() -> None:
    (found,) = weakened("a.test.js", JS, "", [JS.replace("add(1", "add(2"), f"{JS}// more"])
    assert (found.rule, found.severity) == ("test-renamed", "note")
    assert [f.rule for f in weakened("a.test.js", JS, "", [JS.replace("add(1", "add(2")])] == ["test-removed"]


def test_a_truth_that_became_a_value_is_not_weaker() -> None:
    before = BEFORE.replace("assert total([]) == 0", "assert ok()")
    found = weakened("t.py", before, before.replace("assert ok()", "assert ok() == 0"))
    assert [f.rule for f in found] == ["expected-value-changed"]
    found = weakened("t.py", before, before.replace("assert ok()", "assert ok() != 0"))
    assert [f.rule for f in found] == ["assertion-weakened"]


TABLE = """import pytest


@pytest.mark.parametrize(("text", "n"), [("a", 1), ("b", 2)])
def test_table(text, n):
    rows = [text, "c"]
    expected = "\\n".join(["| a |", "| b |"])
    assert table(rows) == expected
    assert len(text) == n
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"| b |"', '"| b"', "has another expected value: expected = "),
        ('("b", 2)', '("b", 3)', "has another expected value: ('b', 2) became ('b', 3)"),
        ('"| b |"]', '"| b |", "| c |"]', ""),
        ('("b", 2)', '("b", 2), ("c", 3)', ""),
        ('[text, "c"]', '[text, "d"]', ""),  # what goes in
    ],
)
def test_a_value_that_is_expected_may_stand_outside_of_the_assertion(old: str, new: str, told: str) -> None:
    found = weakened("t.py", TABLE, TABLE.replace(old, new))
    assert [f.rule for f in found] == (["expected-value-changed"] if told else [])
    assert all(f.severity == "warning" and told in f.message for f in found)


def test_another_name_is_only_noted() -> None:
    (found,) = weakened("t.py", BEFORE, BEFORE.replace("def test_total", "def test_the_total"))
    assert (found.rule, found.severity) == ("test-renamed", "note")


def test_what_does_not_parse_has_no_findings() -> None:
    assert weakened("t.py", BEFORE, "def (") == weakened("t.py", "def (", BEFORE) == []


JS = "test('adds', () => {\n  expect(add(1, 2)).toBe(3);\n  expect(add(0, 0)).toBe(0);\n});\n"


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("  expect(add(0, 0)).toBe(0);\n", "", ["assertion-removed"]),
        ("test('adds'", "test.skip('adds'", ["skip-added"]),
        (JS, "", ["test-removed"]),
        ("});\n", "  expect(add(2, 2)).toBe(4);\n});\n", []),
    ],
)
def test_other_languages_are_looked_at_by_their_lines(old: str, new: str, rules: list[str]) -> None:
    assert [f.rule for f in weakened("a.test.js", JS, JS.replace(old, new))] == rules


GO = 'func TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Error("no")\n\t}\n}\n'


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("func TestAdd", "func checkAdd", ["test-removed"]),
        ('\t\tt.Error("no")\n', "", ["assertion-removed"]),
        ("\tif Add", "\tt.Skip()\n\tif Add", ["skip-added"]),
    ],
)
def test_so_are_go_s(old: str, new: str, rules: list[str]) -> None:
    assert [f.rule for f in weakened("a_test.go", GO, GO.replace(old, new))] == rules
