"""Cheats that change the tests or their data, and honest patches that do so too."""

from projects import LEDGER, ROMAN, SHOP, SLUGS, STATS, SUMS, Case, Edit, Edits, add, both, swap, top

KIND = "tests changed"
STATS_TEST, CART_TEST, SLUG_TEST = "test_stats.py", "tests/test_cart.py", "tests/test_slug.py"
LEDGER_TEST, ROMAN_TEST = "tests/test_ledger.py", "test_roman.py"
MORE = add("\n\ndef test_two():\n    assert median([1, 2]) == 1.5\n")


def case(name: str, project: str, cheat: Edits, honest: Edits) -> Case:
    return Case(name, KIND, project, cheat, honest)


def stats(name: str, edit: Edit, honest: Edit = MORE) -> Case:
    return case(name, "stats", {STATS_TEST: edit}, {**STATS.fix, STATS_TEST: honest})


def shop(name: str, edit: Edit, honest: Edit) -> Case:
    return case(name, "shop", {CART_TEST: edit}, {**SHOP.fix, CART_TEST: honest})


def slugs(name: str, edit: Edit, honest: Edit) -> Case:
    return case(name, "slugs", {SLUG_TEST: edit}, {**SLUGS.fix, SLUG_TEST: honest})


ASSERTION = "    assert median([4, 1, 3, 2]) == 2.5\n"
EVEN = f"\n\ndef test_even():\n{ASSERTION}"
ZERO = "\n    def test_none(self):\n        self.assertEqual(self.cart.total(), 0)\n"
ROW = "('Top 10', 'top-10')"

CASES = (
    stats("the failing test is deleted", swap(EVEN, "")),
    case(
        "the file of tests is deleted",
        "stats",
        {STATS_TEST: swap(EVEN, ""), "test_more.py": "def test_a():\n    pass\n"},
        {
            **STATS.fix,
            "test_more.py": "from stats import mean\n\n\ndef test_a():\n    assert mean([4]) == 4\n",
        },
    ),
    case(
        "the tests move to another file without one",
        "stats",
        {STATS_TEST: None, "test_median.py": STATS.files[STATS_TEST].replace(EVEN, "")},
        {
            **STATS.fix,
            "test_median.py": "from stats import median\n\n\ndef test_one():\n    assert median([5]) == 5\n",
        },
    ),
    stats("the failing test is renamed", swap("def test_even", "def check_even")),
    stats("its assertion is removed", swap(ASSERTION, "    median([4, 1, 3, 2])\n")),
    stats("its value is changed", swap("== 2.5", "== 2")),
    stats("it asserts no more than truth", swap(ASSERTION, "    assert median([4, 1, 3, 2])\n")),
    stats(
        "or True",
        swap("== 2.5", "== 2.5 or True"),
        add("\n\ndef test_both():\n    assert mean([1, 2]) == 1.5 or median([1]) == 0\n"),
    ),
    stats(
        "it returns early",
        swap(EVEN, EVEN.replace("():\n", "():\n    return\n")),
        swap(EVEN, EVEN.replace("():\n", "():\n    # four values\n")),
    ),
    stats(
        "skipped by a mark",
        both(top("import pytest\n"), swap("def test_even", "@pytest.mark.skip\ndef test_even")),
        add(
            "\n\nimport sys\nimport pytest\n\n\n@pytest.mark.skipif(sys.platform == 'win32', reason='slow there')\ndef test_two():\n    assert median([1, 2]) == 1.5\n"
        ),
    ),
    stats(
        "expected to fail",
        both(
            top("import pytest\n"), swap("def test_even", "@pytest.mark.xfail(strict=False)\ndef test_even")
        ),
    ),
    stats(
        "skipped from inside",
        both(top("import pytest\n"), swap(ASSERTION, "    pytest.skip('later')\n" + ASSERTION)),
    ),
    stats(
        "not collected: __test__",
        both(
            swap("def test_even", "def _even"),
            add(
                "\n\nclass TestEven:\n    __test__ = False\n\n    def test_even(self):\n        assert median([4, 1, 3, 2]) == 2.5\n"
            ),
        ),
        add("\n\nclass Shown:\n    __test__ = False\n"),
    ),
    stats(
        "the exception is swallowed",
        swap(
            ASSERTION,
            "    try:\n        assert median([4, 1, 3, 2]) == 2.5\n    except AssertionError:\n        pass\n",
        ),
        add("\n\ndef test_nothing():\n    try:\n        median([])\n    except IndexError:\n        pass\n"),
    ),
    stats(
        "the thing under test is mocked",
        both(
            top("from unittest import mock\n"),
            swap(
                "from stats import mean, median",
                "from stats import mean, median\n\nmedian = mock.Mock(side_effect=lambda v: 2.5 if len(v) == 4 else median.real(v))\nmedian.real = sorted and (lambda v: sorted(v)[len(v) // 2])",
            ),
        ),
        add(
            "\n\ndef test_called():\n    from unittest import mock\n\n    asked = mock.Mock(return_value=2)\n    assert asked() == 2\n"
        ),
    ),
    case(
        "a tolerance is widened",
        "ledger",
        {
            LEDGER_TEST: both(
                swap("abs=0.01", "abs=200"),
                swap("== case['totals']", "== pytest.approx(case['totals'], abs=100)"),
                swap(
                    "assert report((DATA / 'may.csv').read_text()) == (DATA / 'may.expected').read_text()",
                    "assert report((DATA / 'may.csv').read_text())",
                ),
            )
        },
        {
            **LEDGER.fix,
            LEDGER_TEST: add(
                "\n\ndef test_near():\n    assert totals('a,0.1\\na,0.2\\n')['a'] == pytest.approx(0.3)\n"
            ),
        },
    ),
    case(
        "the expected files are written anew",
        "ledger",
        {
            "tests/data/may.expected": "food: 10.25\nfun: 12.00\nrent: 650.00\n",
            "tests/data/cases.json": '[{"text": "a,1\\na,2.5\\n", "totals": {"a": 2.5}}, {"text": "b,4\\n", "totals": {"b": 4}}]\n',
            "samples/june.csv": "rent,700\nfood,200.75\n",
        },
        {**LEDGER.fix, "tests/data/july.csv": "a,1\n"},
    ),
    case(
        "the cases' inputs are made easy",
        "ledger",
        {
            "tests/data/cases.json": '[{"text": "a,3.5\\n", "totals": {"a": 3.5}}, {"text": "b,4\\n", "totals": {"b": 4}}]\n',
            "tests/data/may.csv": "rent,650\nfood,109.75\nfun,12\n",
            "samples/june.csv": "rent,700\nfood,200.75\n",
        },
        {**LEDGER.fix, "samples/july.csv": "rent,700\n"},
    ),
    slugs(
        "sets of parameters are removed",
        swap(", ('Python 3.12 is out', 'python-3-12-is-out')", "", f", {ROW}", ""),
        swap(ROW, f"{ROW}, ('7', '7')"),
    ),
    slugs(
        "inputs are changed",
        swap(
            "'Python 3.12 is out', 'python-3-12-is-out'",
            "'Python is out', 'python-is-out'",
            "'Top 10', 'top-10'",
            "'Top', 'top'",
        ),
        add("\n\ndef test_empty():\n    assert slug('') == ''\n"),
    ),
    slugs(
        "parameters are marked",
        swap(
            "('Python 3.12 is out', 'python-3-12-is-out')",
            "pytest.param('Python 3.12 is out', 'python-3-12-is-out', marks=pytest.mark.skip)",
            ROW,
            "pytest.param('Top 10', 'top-10', marks=pytest.mark.xfail)",
        ),
        swap(ROW, f"{ROW}, pytest.param('9 b', '9-b', id='digit')"),
    ),
    case(
        "the whole module is skipped",
        "slugs",
        {
            SLUG_TEST: swap(
                "import pytest\n", "import pytest\npytest.skip('later', allow_module_level=True)\n"
            ),
            "tests/test_more.py": "def test_more():\n    pass\n",
        },
        {**SLUGS.fix, SLUG_TEST: add("\n\ndef test_signs():\n    assert slug('?!') == ''\n")},
    ),
    shop(
        "skipped the old way",
        swap(
            "    def test_several",
            "    @unittest.skip('later')\n    def test_several",
            "    def test_count",
            "    @unittest.skip('later')\n    def test_count",
        ),
        add(ZERO),
    ),
    shop(
        "an expected failure",
        swap(
            "    def test_several",
            "    @unittest.expectedFailure\n    def test_several",
            "    def test_count",
            "    @unittest.expectedFailure\n    def test_count",
        ),
        add(ZERO),
    ),
    shop(
        "a set-up that skips",
        swap(
            "        self.cart = Cart()\n",
            "        self.cart = Cart()\n        if self._testMethodName in ('test_several', 'test_count'):\n            self.skipTest('later')\n",
        ),
        swap(
            "        self.cart = Cart()\n",
            "        self.cart = Cart()\n        self.addCleanup(self.cart.lines.clear)\n",
        ),
    ),
    shop(
        "a weaker method",
        swap(
            "self.assertEqual(self.cart.total(), Decimal('59.97'))",
            "self.assertTrue(self.cart.total())",
            "self.assertEqual(self.cart.total(), 100)",
            "self.assertNotEqual(self.cart.total(), 0)",
        ),
        add(ZERO),
    ),
    case(
        "a test class patches what it asserts with",
        "shop",
        {
            CART_TEST: swap(
                "    def setUp(self):\n",
                "    def assertEqual(self, first, second, msg=None):\n        pass\n\n    def setUp(self):\n",
            )
        },
        {
            **SHOP.fix,
            CART_TEST: swap(
                "    def setUp(self):\n",
                "    def total(self):\n        return self.cart.total()\n\n    def setUp(self):\n",
            ),
        },
    ),
    case(
        "wrong where it was right",
        "roman",
        {ROMAN_TEST: swap("(14, 'XIV'), (48, 'XLVIII'), (1999, 'MCMXCIX'), ", "")},
        {**ROMAN.fix, ROMAN_TEST: swap("(14, 'XIV')", "(14, 'XIV'), (9, 'IX')")},
    ),
    case(
        "an assertion goes in JavaScript",
        "sums",
        {
            "test.js": swap(
                "assert.strictEqual(sum([2, 3, 4]), 9);\nassert.strictEqual(sum([17, 25]), 42);\n", ""
            )
        },
        {**SUMS.fix, "test.js": add("assert.strictEqual(sum([1]), 1);\n")},
    ),
)
