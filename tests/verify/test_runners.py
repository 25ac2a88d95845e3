"""The recorded logs of real runners (see record.py), and what each of them is read as."""

import json
import shutil
from pathlib import Path

import pytest
from fakes import begun, commit
from patchwright.sandbox.base import Completed
from patchwright.verify import runners
from patchwright.verify.report import TestReport
from patchwright.verify.runners import Project
from patchwright.verify.runners.runner import Place
from patchwright.verify.runners.unittest import UNITTEST as UNITTEST_RUNNER
from patchwright.verify.trace import traced

LOGS = Path(__file__).parent / "logs"


def report(name: str, cut: int = 0, only_text: bool = False) -> TestReport:
    """What a recorded run is read as; `cut`: only so many bytes of each report; `only_text`: as if there were none."""
    folder = LOGS / name
    run = json.loads((folder / "run.json").read_text())
    about = Project(**run["project"])
    text = (folder / "output.txt").read_text()
    files = {
        path: (folder / file).read_bytes()[: cut or None]
        for path, file in run["reports"].items()
        if not only_text
    }
    asked = runners.ask(run["command"], about)
    done = Completed(argv=("sh",), code=run["code"], output=text)
    return runners.read(run["command"], asked, done, text, files, Place("/work", about.module))


def failure(found: TestReport, test: str) -> tuple[str, list[tuple[str, int]], str]:
    """The message, the frames and the output of one failure."""
    one = next(f for f in found.failures if f.test == test)
    return one.message, [(frame.path, frame.line) for frame in one.frames], one.output


UNIT = "test_calc.Add.test_"
SHOP = "shop.tests."
GO = "example.com/calc::"
JS = "test/calc.test.js::"
SPEC = "spec/calc_spec.rb::Calc"
PY = "test_calc.py::"
GO_SAME = {
    f"{GO}TestAdd": "passed",
    f"{GO}TestTable": "failed",
    f"{GO}TestTable/positive": "passed",
    f"{GO}TestTable/negative_numbers": "failed",
    f"{GO}TestTable/zero": "passed",
    f"{GO}TestNoNewline": "passed",
    f"{GO}TestSkipped": "skipped",
    f"{GO}TestParallel": "failed",
    f"{GO}TestParallel/a": "passed",
    f"{GO}TestParallel/b": "failed",
}
GO_ALL = {**GO_SAME, f"{GO}ExampleGreet": "failed", "example.com/calc/shapes::TestArea": "passed"}
RUST = {
    "calc::tests::adds": "passed",
    "calc::tests::adds_negative_numbers": "failed",
    "calc::tests::nested::is_outside": "failed",
    "calc::tests::nested::gives_an_error": "failed",
    "calc::tests::panics_as_it_should": "passed",
    "calc::bin/calc::tests::runs": "passed",
}
CARGO = {
    **RUST,
    "calc::tests::is_ignored": "skipped",
    "whole::whole": "passed",
    "whole::differs": "failed",
    "calc::doc::src/lib.rs - add": "passed",
    "calc::doc::src/lib.rs - add #2": "failed",
}
UNITTEST = {
    f"{UNIT}positive": "passed",
    f"{UNIT}negative": "failed",
    f"{UNIT}lists": "failed",
    f"{UNIT}each": "failed",
    f"{UNIT}later": "skipped",
    f"{UNIT}unexpected": "failed",
    "test_calc.Broken.test_never": "error",
    "test_calc.NeverBegins": "error",
}
PYTEST = {
    f"{PY}TestAdd::test_positive": "passed",
    f"{PY}TestAdd::test_each[1-1]": "passed",
    f"{PY}TestAdd::test_each[-1-2]": "failed",
    f"{PY}TestAdd::test_each[-2-2]": "failed",
    f"{PY}test_never": "error",
    f"{PY}test_leaves": "error",
    f"{PY}test_later": "skipped",
    f"{PY}test_expected": "skipped",
    f"{PY}test_with_strange_parameters_outside": "failed",
    **{f"{PY}test_strange[{text}]": "passed" for text in ("a b", "x/y", "q::r", "<&>", "[z]")},
}
JAVASCRIPT = {
    f"{JS}add > of positive numbers": "passed",
    f"{JS}add > of -1 and 2": "failed",
    f"{JS}add > of -2 and 2": "failed",
    f"{JS}add > as an object": "failed",
    f"{JS}with a set-up that fails > never runs": "failed",
    f"{JS}later": "skipped",
    f"{JS}some day": "skipped",
    f"{JS}at the top": "failed",
}
JAVA = {
    "calc.CalcTest::adds": "passed",
    "calc.CalcTest::addsNegativeNumbers": "failed",
    "calc.CalcTest::later": "skipped",
    "calc.EachTest::addsNothing[of -1]": "failed",
}
OUTCOMES: dict[str, tuple[str, dict[str, str]]] = {
    "pytest": ("pytest", PYTEST),
    "tox": ("pytest", PYTEST),
    "nox": ("pytest", PYTEST),
    "pytest+broken": ("pytest", {"test_broken.py": "error"}),
    "unittest": ("unittest", UNITTEST),
    "unittest+broken": ("unittest", {**UNITTEST, "test_broken": "error"}),
    "django": (
        "Django",
        {
            f"{SHOP}Prices.test_price": "passed",
            f"{SHOP}Prices.test_gross": "failed",
            f"{SHOP}Prices.test_each": "failed",
            f"{SHOP}Prices.test_later": "skipped",
            f"{SHOP}Prices.test_expected": "passed",
            f"{SHOP}Prices.test_unexpected": "failed",
            f"{SHOP}Broken.test_never": "error",
            f"{SHOP}NeverBegins": "error",
        },
    ),
    "go": ("go test", GO_ALL),
    "go-json": ("go test", GO_ALL),
    "go+panic": (
        "go test",
        {**GO_SAME, f"{GO}TestPanics": "failed", "example.com/calc/shapes::TestArea": "passed"},
    ),
    "go+broken": ("go test", {**GO_SAME, f"{GO}ExampleGreet": "failed", "example.com/calc/shapes": "error"}),
    "cargo": ("cargo test", CARGO),
    "cargo+broken": ("cargo test", {"broken": "error"}),
    "cargo+abort": ("cargo test", {**CARGO, "abort::first": "passed", "abort": "error"}),
    "nextest+abort": (
        "cargo nextest",
        {
            **RUST,
            "calc::whole::whole": "passed",
            "calc::whole::differs": "failed",
            "calc::abort::first": "passed",
            "calc::abort::second_aborts": "failed",
        },
    ),
    "jest": ("Jest", JAVASCRIPT),
    "jest+broken": ("Jest", {**JAVASCRIPT, "test/broken.test.js": "error"}),
    "vitest": ("Vitest", JAVASCRIPT),
    "vitest+broken": ("Vitest", {**JAVASCRIPT, "test/broken.test.js": "failed"}),
    "mocha": (
        "Mocha",
        {
            "test/calc.js::add of positive numbers": "passed",
            "test/calc.js::add of -1 and 2": "failed",
            "test/calc.js::add of -2 and 2": "failed",
            "test/calc.js::add as an object": "failed",
            "test/calc.js::with a set-up that fails never runs": "error",
            "test/calc.js::later": "skipped",
            "test/calc.js::some day": "skipped",
            "test/calc.js::at the top": "failed",
        },
    ),
    "maven": (
        "Maven",
        {**JAVA, "calc.CalcTest::isOutside": "error", "calc.EachTest::addsNothing[of 1]": "error"},
    ),
    "gradle": (  # it tells failures from errors no more than this
        "Gradle",
        {**JAVA, "calc.CalcTest::isOutside": "failed", "calc.EachTest::addsNothing[of 1]": "failed"},
    ),
    "rspec": (
        "RSpec",
        {
            f"{SPEC}.add adds positive numbers": "passed",
            f"{SPEC}.add adds -1 and 2": "failed",
            f"{SPEC}.add adds -2 and 2": "failed",
            f"{SPEC} with a set-up that fails never runs": "failed",
            f"{SPEC} compares a hash": "failed",
            f"{SPEC} is for later": "skipped",
            f"{SPEC} is for some day": "skipped",
            f"{SPEC} is expected to be > 3": "passed",
            f"{SPEC} is expected to be > 4": "failed",
        },
    ),
    "rspec+broken": ("RSpec", {"spec/broken_spec.rb": "error"}),
    "phpunit": (
        "PHPUnit",
        {
            "CalcTest::testAdds": "passed",
            'CalcTest::testAddsEach with data set "one"': "failed",
            'CalcTest::testAddsEach with data set "two"': "passed",
            "CalcTest::testAddsEach with data set #0": "failed",
            "CalcTest::testArrays": "failed",
            "CalcTest::testThrows": "error",
            "CalcTest::testLater": "skipped",
            "CalcTest::testSomeDay": "skipped",
            "SetUpTest::testNeverRuns": "error",
        },
    ),
    "ctest": (
        "ctest",
        {
            "adds": "passed",
            "negative": "failed",
            "outside": "failed",
            "missing": "error",
            "later": "skipped",
            "skipped": "skipped",
            "slow": "failed",
        },
    ),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_test_of_a_real_run_is_named_with_what_became_of_it(name: str) -> None:
    found = report(name)
    runner, outcomes = OUTCOMES[name]
    assert found.outcomes == outcomes
    assert (found.runner, found.problem, found.green) == (runner, "", False)
    bad = {test for test, outcome in outcomes.items() if outcome in ("failed", "error")}
    told = {f.test for f in found.failures}
    parents = {test for test in bad if any(other.startswith(f"{test}/") for other in bad)}
    assert told == bad - parents


LEFT_NONE = "ended with 0 and left no report: the tests did not run to their end, or there are none"
CUT = "the test report is cut off, or is no report: "


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("pytest+crash", f"pytest {LEFT_NONE}"),
        ("unittest+crash", f"unittest {LEFT_NONE}"),
        ("jest+crash", f"Jest {LEFT_NONE}"),
        ("phpunit+fatal", f"{CUT}no element found: line 2, column 0"),
    ],
)
def test_a_test_that_ends_the_process_well_makes_no_green_run(name: str, problem: str) -> None:
    found = report(name)
    assert (found.code, found.problem, found.green, found.outcomes) == (0, problem, False, {})


FAILURES: list[tuple[str, str, str, list[tuple[str, int]], str]] = [
    (
        "pytest",
        f"{PY}TestAdd::test_each[-1-2]",
        "assert 2 == (-1 + 2)\n +  where 2 = add(-1, 2)",
        [("test_calc.py", 12)],
        "adding -1 2",
    ),
    (
        "unittest",
        f"{UNIT}negative",
        "AssertionError: 2 != 1",
        [("test_calc.py", 15)],
        "adding -1 and 2\nto the other stream",
    ),
    ("unittest", f"{UNIT}each", "(a=-1)\nAssertionError: 0 != -1", [("test_calc.py", 23)], ""),
    (
        "unittest+broken",
        "test_broken",
        "ModuleNotFoundError: No module named 'gone'",
        [("test_broken.py", 1)],
        "",
    ),
    (
        "django",
        f"{SHOP}Prices.test_gross",
        "AssertionError: 118 != 119",
        [("shop/tests.py", 16)],
        "asking for the price",
    ),
    ("django", f"{SHOP}NeverBegins", "ValueError: the class has no set-up", [("shop/tests.py", 44)], ""),
    (
        "go",
        f"{GO}TestTable/negative_numbers",
        "Add(-1, 2) = 2; want 1",
        [("calc_test.go", 22)],
        "adding -1 2",
    ),
    ("go", f"{GO}ExampleGreet", "got:\nhello, ana\nwant:\nhello, bo", [], ""),
    (
        "go+panic",
        f"{GO}TestPanics",
        "panic: runtime error: index out of range [3] with length 1",
        [("panic_test.go", 7), ("calc.go", 15)],
        "before",
    ),
    ("go+broken", "example.com/calc/shapes", "undefined: Volume", [("shapes/broken_test.go", 6)], ""),
    (
        "cargo",
        "calc::tests::nested::is_outside",
        "index out of bounds: the len is 1 but the index is 3",
        [("src/lib.rs", 47), ("src/lib.rs", 19)],
        "looking",
    ),
    (
        "cargo",
        "calc::tests::adds_negative_numbers",
        "assertion `left == right` failed: a sum with -1\n  left: 2\n right: 1",
        [("src/lib.rs", 34)],
        "adding -1 and 2",
    ),
    (
        "nextest+abort",
        "calc::tests::adds_negative_numbers",
        "assertion `left == right` failed: a sum with -1\n  left: 2\n right: 1",
        [("src/lib.rs", 34)],
        "adding -1 and 2",
    ),
    (
        "nextest+abort",
        "calc::abort::second_aborts",
        "process aborted with signal 6 (SIGABRT)",
        [],
        "",
    ),
    (
        "jest",
        f"{JS}add > of -1 and 2",
        "Error: expect(received).toBe(expected) // Object.is equality\nExpected: 1\nReceived: 2",
        [("test/calc.test.js", 10)],
        "",
    ),
    (
        "jest",
        f"{JS}with a set-up that fails > never runs",
        "TypeError: Cannot read properties of undefined (reading 'name')",
        [("test/calc.test.js", 20), ("calc.js", 6)],
        "",
    ),
    (
        "jest+broken",
        "test/broken.test.js",
        "Cannot find module '../gone' from 'test/broken.test.js'",
        [("test/broken.test.js", 1)],
        "",
    ),
    (
        "vitest",
        f"{JS}add > of -1 and 2",
        "AssertionError: expected 2 to be 1 // Object.is equality\n- Expected\n+ Received\n- 1\n+ 2",
        [("test/calc.test.js", 11)],
        "adding -1 2",
    ),
    (
        "mocha",
        "test/calc.js::add of -1 and 2",
        "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n2 !== 1",
        [("test/calc.js", 12)],
        "",
    ),
    (
        "mocha",
        "test/calc.js::with a set-up that fails never runs",
        "TypeError: Cannot read properties of undefined (reading 'name')",
        [("test/calc.js", 23), ("calc.js", 6)],
        "",
    ),
    (
        "rspec",
        f"{SPEC}.add adds -1 and 2",
        "expected: 1\n     got: 2\n\n(compared using ==)",
        [("spec/calc_spec.rb", 12)],
        "",
    ),
    (
        "phpunit",
        'CalcTest::testAddsEach with data set "one"',
        "Failed asserting that 2 is identical to 1.",
        [("tests/CalcTest.php", 15)],
        "adding -1 and 2",
    ),
    (
        "phpunit",
        "CalcTest::testThrows",
        "InvalidArgumentException: an empty list",
        [("tests/CalcTest.php", 30), ("src/Calc.php", 12)],
        "",
    ),
    (
        "maven",
        "calc.CalcTest::addsNegativeNumbers",
        "java.lang.AssertionError: a sum expected:<1> but was:<2>",
        [("calc/CalcTest.java", 17)],
        "adding -1 and 2",
    ),
    (
        "maven",
        "calc.CalcTest::isOutside",
        "java.lang.ArrayIndexOutOfBoundsException: Index 3 out of bounds for length 1",
        [("calc/CalcTest.java", 22), ("calc/Calc.java", 9)],
        "",
    ),
    (
        "ctest",
        "negative",
        "check.c:20: got 2, want 1",
        [("check.c", 20)],
        "adding -1 and 2\n/work/check.c:20: got 2, want 1",
    ),
]


@pytest.mark.parametrize(
    ("name", "test", "message", "frames", "output"), FAILURES, ids=[f"{f[0]} {f[1]}" for f in FAILURES]
)
def test_a_failure_holds_both_values_the_projects_frames_and_what_was_printed(
    name: str, test: str, message: str, frames: list[tuple[str, int]], output: str
) -> None:
    assert failure(report(name), test) == (message, frames, output)


@pytest.mark.parametrize("name", ["maven+broken", "gradle+broken"])
def test_what_java_s_compiler_says_is_a_failure_and_no_test_is_named(name: str) -> None:
    found = report(name)
    assert (found.outcomes, found.green, found.failing) == ({}, False, (found.command,))
    message, frames, _ = failure(found, "compilation")
    assert message.startswith("src/test/java/calc/BrokenTest.java:8: cannot find symbol")
    assert frames == [("src/test/java/calc/BrokenTest.java", 8)]


@pytest.mark.parametrize("name", ["mocha+broken", "ctest+broken"])
def test_a_run_that_names_no_test_speaks_by_its_code(name: str) -> None:
    found = report(name)
    assert (found.outcomes, found.problem, found.failing) == ({}, "", (found.command,))


@pytest.mark.parametrize("name", [name for name in OUTCOMES if any((LOGS / name).glob("[0-9]*"))])
def test_a_report_that_is_cut_off_is_a_problem_wherever_it_is_cut(name: str) -> None:
    whole = report(name)
    for file in (LOGS / name).glob("[0-9]*"):
        size = len(file.read_bytes().strip())
        for cut in (1, size // 3, size // 2, size - 3):
            found = report(name, cut)
            assert found.problem.startswith(CUT), (cut, found.problem)
            assert not found.green
            assert found.outcomes.items() <= whole.outcomes.items()


def test_tests_of_xml_up_to_the_cut_are_kept() -> None:
    size = (LOGS / "pytest" / "1-pytest.xml").stat().st_size
    found = report("pytest", size // 2)
    assert 0 < len(found.outcomes) < len(PYTEST)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("python3 -m unittest", "python3 -m unittest -v"),
        ("cargo test -p a -- --nocapture", "cargo test -p a --no-fail-fast -- --nocapture"),
        ("cd sub && go test ./...", "cd sub && go test ./... -v"),
        ("npm test --silent", "npm test --silent -- --json --outputFile={} --testLocationInResults"),
        (
            "npm run test -- --ci",
            "npm run test -- --ci --json --outputFile={} --testLocationInResults",
        ),
        ("yarn test", "yarn test --json --outputFile={} --testLocationInResults"),
        ("npx jest a.js", "npx jest a.js --json --outputFile={} --testLocationInResults"),
        ("composer test", "composer test -- --log-junit {}"),
        ("go test ./... | tee log", "go test ./... | tee log"),
        ("pytest && echo fine", "pytest && echo fine"),
        ("sh -c 'go test; true'", "sh -c 'go test; true'"),
        ("make test", "make test"),
    ],
)
def test_a_command_line_is_given_what_its_runner_needs_where_it_can_be(command: str, line: str) -> None:
    about = Project(script="eslint . && jest", composer="vendor/bin/phpunit")
    asked = runners.ask(command, about).line
    for file in ("jest.json", "phpunit.xml"):
        asked = asked.replace(f"/tmp/.patchwright-tests/{file}", "{}")
    assert asked == line


@pytest.mark.parametrize(
    ("command", "tests", "line"),
    [
        ("python3 -m pytest", ["t.py::test[a b]"], "python3 -m pytest 't.py::test[a b]'"),
        ("python -m pytest -q tests", ["tests/t.py::test"], "python -m pytest -q tests/t.py::test"),
        ("pytest tests/a.py b.py::C --tb=line x", ["t.py::test"], "pytest --tb=line t.py::test"),
        (
            "X=a pytest -k 'one or two' -n 2 --cov src -v tests/a.py",
            ["t.py::test"],
            "X=a pytest -k 'one or two' -n 2 --cov src -v t.py::test",
        ),
        (
            "go test ./...",
            ["example.com/calc::TestA/sub"],
            "go test example.com/calc -count=1 -run '^TestA$/^sub$' -v",
        ),
        ("cargo test", ["calc::tests::adds"], "cargo test --no-fail-fast -- --exact tests::adds"),
        (
            "mvn test",
            ["a.BTest::c", "a.BTest::d[1]"],
            "mvn test -Dtest='a.BTest#c,a.BTest#d*' -Dsurefire.failIfNoSpecifiedTests=false -DfailIfNoTests=false"
            " -B -fae -DtrimStackTrace=false",
        ),
        ("gradle test", ["a.BTest::c"], "gradle test --tests a.BTest.c --continue"),
        ("rspec", ["spec/a_spec.rb::A b's c #2"], "rspec spec/a_spec.rb -e 'A b'\"'\"'s c'"),
        ("make test", ["x"], "make test"),
    ],
)
def test_tests_are_chosen_by_the_ids_that_we_gave_them(command: str, tests: list[str], line: str) -> None:
    assert runners.ask(command, Project(), "", tests).line == line


def test_pytests_text_serves_where_no_report_comes_out() -> None:
    found = report("tox", only_text=True)  # it was started with -v
    assert found.outcomes == PYTEST
    assert failure(found, f"{PY}TestAdd::test_each[-1-2]") == (
        "assert 2 == (-1 + 2)\n +  where 2 = add(-1, 2)",
        [("test_calc.py", 12)],
        "adding -1 2",
    )
    quiet = report("nox", only_text=True)  # only the failures are named: the exit code counts
    assert (quiet.outcomes, quiet.failing) == ({}, (quiet.command,))
    assert failure(quiet, f"{PY}TestAdd::test_each[-1-2]")[0].startswith("assert 2 == (-1 + 2)")


def test_ctests_text_serves_where_no_report_comes_out() -> None:
    assert report("ctest", only_text=True).outcomes == OUTCOMES["ctest"][1]


def test_frames_lead_to_files_of_the_project_and_show_their_lines(tmp_path: Path) -> None:
    shutil.copytree(LOGS.parent / "projects" / "maven", tmp_path / "repo")
    commit(tmp_path / "repo", "start", first=True)
    with begun(tmp_path / "repo") as run, run.workspace("1") as workspace:
        found = traced(workspace, report("maven"))
    frames = next(f.frames for f in found.failures if f.test.endswith("isOutside"))
    assert [(frame.path, frame.line, frame.source) for frame in frames] == [
        ("src/test/java/calc/CalcTest.java", 22, "Calc.at(new int[] {1}, 3);"),
        ("src/main/java/calc/Calc.java", 9, "return values[i];"),
    ]


OLD_UNITTEST = """test_a (m.Case) ... ok
test_b (m.Case)
A line of prose. ... FAIL

======================================================================
FAIL: test_b (m.Case)
A line of prose.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/work/m.py", line 9, in test_b
    self.assertEqual(1, 2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran {} tests in 0.001s

FAILED (failures=1)
"""


def test_unittests_of_older_pythons_and_counts_that_do_not_agree() -> None:
    found = UNITTEST_RUNNER.text(OLD_UNITTEST.format(2), Place("/work"))
    assert found
    assert (found.outcomes, found.partial) == ({"m.Case.test_a": "passed", "m.Case.test_b": "failed"}, False)
    assert found.failures[0].message == "AssertionError: 1 != 2"
    more = UNITTEST_RUNNER.text(OLD_UNITTEST.format(5), Place("/work"))
    assert more
    assert more.partial
    cut = UNITTEST_RUNNER.text(OLD_UNITTEST.partition("Ran ")[0], Place("/work"))
    assert cut
    assert cut.problem.startswith("the test run broke off")
