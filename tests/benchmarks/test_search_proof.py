"""HumanEval by search: the repository that a problem becomes, and what is made of a search's candidates."""

import difflib
import json
import sys
from pathlib import Path

import pytest
from patchwright import prompts
from patchwright.agent.events import Expected
from patchwright.agent.models.base import Usage
from patchwright.agent.search.choice import Standing
from patchwright.agent.task import TaskError

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.humaneval import report, run
from benchmarks.humaneval.cases import case
from benchmarks.humaneval.problems import Problem
from benchmarks.proof import cell, command, repository, table
from benchmarks.proof.case import Attempt, Searched
from benchmarks.proof.records import Records

PROMPT = (
    "import math\n\n\n"
    'def third(n):\n    """A third of n.\n    >>> third(3)\n    1.0\n    >>> third(0)\n    0.0\n    """\n'
)
THIRD = Problem(
    task_id="HumanEval/7",
    prompt=PROMPT,
    entry_point="third",
    canonical_solution="    return n / 3\n",
    test="def check(candidate):\n    assert candidate(3) == 1.0\n    assert candidate(12) == 4.0\n",
)
WITHOUT = THIRD.model_copy(
    update={"task_id": "HumanEval/8", "prompt": 'def third(n):\n    """A third of n."""\n'}
)
RIGHT = PROMPT + THIRD.canonical_solution
SPECIAL = PROMPT + "    return 1.0 if n else 0.0\n"
"""Passes the docstring's examples, and not the hidden tests."""


def pytest_on(problem: Problem, solution: str) -> bool:
    files = {**case(problem).files, "solution.py": solution}
    return cell.run(files, repository.TEST.split(), 60).ok


@pytest.mark.parametrize("problem", [THIRD, WITHOUT], ids=["examples", "none"])
def test_its_tests_fail_until_the_function_is_written(problem: Problem) -> None:
    made = case(problem)
    assert not pytest_on(problem, made.files["solution.py"])
    assert pytest_on(problem, problem.prompt + problem.canonical_solution)


def test_the_repository_holds_the_docstring_and_no_more() -> None:
    whole = "\n".join(case(THIRD).files.values())
    assert "third(3)" in whole and "12" not in whole and "n / 3" not in whole


def test_floats_are_compared_as_floats_and_the_examples_decide() -> None:
    assert pytest_on(THIRD, PROMPT + "    return n * 0.1 / 0.3\n")
    assert pytest_on(THIRD, SPECIAL)
    assert not pytest_on(THIRD, PROMPT + "    return n / 3.001\n")


def test_a_function_that_never_ends_fails_in_its_time() -> None:
    assert not pytest_on(THIRD, PROMPT + "    while True:\n        pass\n")


def problem_file(folder: Path, *found: Problem) -> Path:
    path = folder / "HumanEval.jsonl"
    path.write_text("".join(f"{p.model_dump_json()}\n" for p in found))
    return path


def script(folder: Path, solution: str) -> str:
    calls = [{"tool": "write", "args": {"path": "solution.py", "text": solution}}]
    turns = [{"calls": calls}, {"calls": [{"tool": "finish", "args": {"summary": "It is written."}}]}]
    (folder / "script.json").write_text(json.dumps(turns))
    return f"scripted:{folder / 'script.json'}"


def test_a_search_is_scored_by_the_hidden_tests_and_goes_on_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = THIRD.model_copy(
        update={"task_id": "HumanEval/9", "test": "def check(candidate):\n    assert candidate(3) == 2\n"}
    )
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD, other)), "--work", str(tmp_path / "w")]
    words += ["--model", script(tmp_path, RIGHT), "--most", "2"]
    assert run.main([*words, "--only", "7"]) == 0
    assert run.main(words) == 0
    told = capsys.readouterr()
    assert told.err.count("HumanEval/7: passed (verified), 2 of 2 right") == 1
    assert "HumanEval/9: failed (verified), 0 of 2 right" in told.err
    assert "| search, k ≤ 2: the one that it chose | 2 | 1 | 50.0 % |" in told.out
    assert "failing the hidden ones: HumanEval/9." in told.out
    left = [
        *(tmp_path / "w" / "repositories").iterdir(),
        *(tmp_path / "w" / "state/patchwright/runs").iterdir(),
    ]
    assert not left


def test_what_is_to_be_kept_is_kept(tmp_path: Path) -> None:
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD)), "--work", str(tmp_path / "w")]
    assert run.main([*words, "--model", script(tmp_path, SPECIAL), "--most", "1", "--keep"]) == 0
    assert (tmp_path / "w" / "repositories" / "HumanEval-7" / "solution.py").exists()
    assert [*(tmp_path / "w" / "state/patchwright/runs").glob("*/1.jsonl")]
    row = json.loads((tmp_path / "w" / "search.jsonl").read_text().splitlines()[1])
    (attempt,) = row["attempts"]
    assert (attempt["number"], attempt["verified"], attempt["passed"]) == (1, True, False)
    assert "+    return 1.0 if n else 0.0" in attempt["patch"]


def test_a_problem_that_fails_is_told_left_out_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD)), "--work", str(tmp_path / "w")]
    (tmp_path / "script.json").write_text("[]")
    assert run.main([*words, "--model", f"scripted:{tmp_path / 'script.json'}"]) == 1
    assert "asked for one more" in capsys.readouterr().err
    assert run.main([*words, "--model", script(tmp_path, RIGHT)]) == 0


@pytest.mark.parametrize(
    "words", [["--most", "0"], ["--most", "21"], ["--every", "x"], ["--skip", "-1"], ["sideways"]]
)
def test_what_cannot_be_meant_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(words)
    assert "Traceback" not in capsys.readouterr().err


def test_a_share_of_the_problems_can_be_chosen() -> None:
    def shared(*words: str) -> list[int]:
        return [*command.share(range(10), run.parser().parse_args(words))]

    assert shared() == [*range(10)]
    assert shared("--every", "4") == [0, 4, 8]
    assert shared("--every", "4", "--skip", "1") == [1, 5, 9]
    with pytest.raises(TaskError, match="there are 10, and all of them are left out"):
        shared("--skip", "10")


def row(name: str, chosen: int, *passed: bool, verified: bool = True) -> Searched:
    attempts = [Attempt(number=n, verified=verified, passed=p) for n, p in enumerate(passed, 1)]
    usage = Usage(prompt=100, cached=40, completion=10)
    return Searched(
        name=name, chosen=chosen, state="verified", attempts=tuple(attempts), usage=usage, seconds=2.0
    )


ROWS = [
    row("a", 2, False, True),
    row("b", 1, False, True),
    row("c", 1, False, verified=False),
    row("d", 1, True),
]


def test_the_ways_to_choose_are_held_against_each_other() -> None:
    text = report.shown([], ROWS, 5, 4)
    assert "| the first attempt alone | 4 | 1 | 25.0 % |" in text
    assert "| one of the candidates, at random: pass@1 | 4 | 2 | 50.0 % |" in text
    assert "| search, k ≤ 5: the one that it chose | 4 | 2 | 50.0 % |" in text
    assert "| the oracle: any of the candidates | 4 | 3 | 75.0 % |" in text
    assert "| selection, of the oracle | 95 % | 66.67 % | **not met** |" in text
    assert "another was chosen: b." in text and "failing the hidden ones: b." in text
    assert "| a solved problem | 3.0 | 2.0 | 200.0 | 80.0 | 20.0 | 4.0 |" in text
    assert "could not" not in text


def test_choices_that_know_less_are_held_against_it() -> None:
    standings = (
        Standing(attempt=1, verified=True, size=2, alike=(4,)),
        Standing(attempt=2, verified=True, size=1),
        Standing(attempt=3, verified=False, size=1),
    )
    one = row("a", 1, True, False, False, True).model_copy(update={"standings": standings})
    assert (one.by_text, one.by_size, one.blind) == (True, False, pytest.approx(2 / 3))
    text = report.shown([], [one], 5, 1)
    assert "| … the patch that is there most often | 1 | 1 | 100.0 % |" in text
    assert "| … the smallest patch | 1 | 0 | 0.0 % |" in text
    assert "| pass@2, estimated | 1 | 0.8333 | 83.3 % |" in text and "pass@5" not in text


def patch(body: str) -> str:
    """What a candidate makes of the problem."""
    before, after = (f"{PROMPT.rstrip()}\n    {line}\n" for line in ("raise NotImplementedError", body))
    names = ("a/solution.py", "b/solution.py")
    return "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), *names))


def test_a_choice_is_made_again_without_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD)), "--work", str(tmp_path / "w")]
    bodies = ("return 1.0 if n else 0.0", "return n / 3", "return n / 3.0", "return n +", "")
    passed = (False, True, True, False, False)
    kept = row(THIRD.task_id, 1, *passed)
    attempts = [
        one.model_copy(update={"patch": patch(body) if body else ""})
        for one, body in zip(kept.attempts, bodies, strict=True)
    ]
    about = {"model": "local", "most": 20, "prompts": prompts.digest(), "all": False}
    records = Records(tmp_path / "w" / "search.jsonl", Searched, about)
    records.add(kept.model_copy(update={"attempts": tuple(attempts)}))
    assert run.main([*words, "--again"]) == 0
    told = capsys.readouterr()
    assert (
        "HumanEval/7: passed (verified), 2 of 5 right" in told.err
        and "before: HumanEval/7: failed" in told.err
    )
    assert "| search, k ≤ 20: the one that it chose | 1 | 1 | 100.0 % |" in told.out


def test_what_was_expected_counts_in_a_choice_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD)), "--work", str(tmp_path / "w")]
    bodies = ("return 1.0 if n else 0.0", "return 0.0 if n == 0 else 1.0", "return n / 3")
    kept = row(THIRD.task_id, 1, False, False, True)
    attempts = [
        one.model_copy(update={"patch": patch(body)}) for one, body in zip(kept.attempts, bodies, strict=True)
    ]
    said = "\n".join(f"assert third({n}) == {n / 3}" for n in (6, 9, 12))
    expected = Expected(path="solution.py", name="third", texts=(said,))
    about = {"model": "local", "most": 20, "prompts": prompts.digest(), "all": False}
    records = Records(tmp_path / "w" / "search.jsonl", Searched, about)
    records.add(kept.model_copy(update={"attempts": tuple(attempts), "expected": (expected,)}))
    assert run.main([*words, "--again"]) == 0
    assert "HumanEval/7: passed (verified), 1 of 3 right" in capsys.readouterr().err


def test_without_candidates_there_is_no_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "--problems", str(problem_file(tmp_path, THIRD)), "--work", str(tmp_path / "w")]
    assert run.main([*words, "--again"]) == 2
    assert "there are no candidates in" in capsys.readouterr().err


def test_what_is_not_there_is_said() -> None:
    assert "**3 of 7 could not be searched**" in report.shown([], ROWS, 5, 7)
    assert table.share([row("c", 1, False)]) == 100.0


def test_a_candidate_is_what_its_patch_makes_of_the_file() -> None:
    files = {"a.py": "one\ntwo\n"}
    patch = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
    assert cell.patched(files, patch, "a.py") == "one\nthree\n"
    assert cell.patched(files, "", "a.py") == "one\ntwo\n"
    assert cell.patched(files, patch.replace("-two", "-four"), "a.py") == ""
    gone = "--- a/a.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n"
    assert cell.patched(files, gone, "a.py") == ""
