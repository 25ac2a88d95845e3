from patchwright.tools.digest import alike, change, digest
from patchwright.verify.report import Failure, Frame, TestReport


def failed(number: int, message: str, line: int, name: str = "") -> Failure:
    frame = Frame(path="core.py", line=line, function="f", source="raise it")
    return Failure(test=name or f"t.py::test_{number}", message=message, frames=(frame,))


def report(*failures: Failure, passed: int = 0) -> TestReport:
    outcomes = {f"t.py::fine_{n}": "passed" for n in range(passed)} | {f.test: "failed" for f in failures}
    return TestReport(command="pytest", code=1, outcomes=outcomes, failures=failures)


def test_one_error_in_many_tests_is_told_once() -> None:
    many = [failed(n, f"KeyError: 'x' at 0x7f{n:03d}", 3) for n in range(15)]
    text = digest(report(*many, failed(99, "ValueError: y", 8), passed=1_000))
    assert text.startswith(
        "16 failed, 1000 passed\n\nFAILED t.py::test_0\n  core.py:3 in f\n    raise it\nE KeyError"
    )
    assert "  the same error in 14 more tests: t.py::test_1, t.py::test_2" in text
    assert "and 8 more" in text
    assert text.count("KeyError") == 1
    assert "FAILED t.py::test_99" in text
    assert "fine_" not in text


def test_one_test_with_other_parameters_is_told_once() -> None:
    each = [failed(n, f"assert {n} == 0", 3, f"t.py::test_each[{n}]") for n in (1, 2, 3)]
    text = digest(report(*each))
    assert (
        "E assert 1 == 0\n  with other values too: 2 more tests: t.py::test_each[2], t.py::test_each[3]"
        in text
    )
    assert len(alike(each)) == 1


def test_a_digest_keeps_to_its_budget_whatever_fails() -> None:
    many = [
        failed(n, f"AssertionError: {n}\n" + "left != right, and so on\n" * 400, n).model_copy(
            update={"output": "printed\n" * 3_000}
        )
        for n in range(300)
    ]
    for most in (1_500, 6_000, 20_000):
        text = digest(report(*many), most)
        assert len(text) < most + 200
        assert text.startswith("300 failed")
        assert "FAILED t.py::test_0" in text
    assert "also failing: " in digest(report(*many), 6_000)


def test_what_fails_newly_is_told_first() -> None:
    text = digest(report(failed(1, "old", 1), failed(2, "new", 2)), first=("t.py::test_2",))
    assert text.index("FAILED t.py::test_2") < text.index("FAILED t.py::test_1")


def test_a_run_that_names_no_test_shows_the_end_of_what_it_printed() -> None:
    found = TestReport(
        command="make test", code=2, output="line\n" * 5_000 + "boom\n", kept="/tmp/output/output-1.txt"
    )
    text = digest(found, 2_000)
    assert text.startswith("failed with exit code 2\nline")
    assert text.endswith(
        "boom\n[the whole output is in /tmp/output/output-1.txt: read it with start and lines]"
    )
    assert len(text) < 2_300


def test_a_change_knows_what_could_not_be_loaded_before() -> None:
    before = {"a.py": "error", "b.py::x": "passed", "b.py::y": "failed", "b.py::z": "passed"}
    after = TestReport(
        command="pytest", code=1, outcomes={"a.py::one": "passed", "b.py::x": "failed", "b.py::y": "failed"}
    )
    found = change(before, after, whole=True)
    assert (found.mended, found.broken, found.still, found.gone) == (
        ("a.py",),
        ("b.py::x",),
        ("b.py::y",),
        ("b.py::z",),
    )
    assert change(before, after, whole=False).gone == ()
