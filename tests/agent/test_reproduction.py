"""A test that is written from the issue in an attempt of its own, and judges the attempts at the issue."""

import json
from pathlib import Path

import pytest
from fakes import FILES, RIGHT, TEST, WRONG, begun, commit, patchwright
from patchwright.agent.attempt import Candidate, reproduction
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Ended, Observed
from patchwright.agent.log import load
from patchwright.agent.models.base import SMALL, Model, Reply
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.run import Run
from patchwright.agent.search.many import search
from patchwright.agent.task import TaskError

PATH = "test_issue.py"
HEAD = "from stats import median\n\n\ndef test_issue():\n    "
SHOWS = "assert median([1, 2]) == 1.5\n"
ODD_ONLY = FILES["test_stats.py"].partition("\n\n\ndef test_even")[0] + "\n"
DONE = say(call("finish", summary="done"))
GOOD = [say(call("edit", path="stats.py", old=WRONG, new=RIGHT)), DONE]


@pytest.fixture
def green(repo: Path) -> Path:
    """A repository whose tests do not show what the issue is about."""
    (repo / "test_stats.py").write_text(ODD_ONLY)
    commit(repo, "fewer tests")
    return repo


def writes(body: str, path: str = PATH) -> Reply:
    return say(call("write", path=path, text=HEAD + body))


def searched(run: Run, showing: list[Reply], *attempts: list[Reply]) -> Candidate:
    """A run whose first model writes the test, and each other makes an attempt."""
    scripts = [showing, *attempts]

    def make(number: int) -> Model:
        return Scripted(*scripts[number])

    return search(run, Source(make), len(attempts), Control())


def told(run: Run, number: int) -> list[tuple[bool, str]]:
    events = load(run.log_path(number))
    return [(e.observation.ok, e.observation.text) for e in events if isinstance(e, Observed)]


def test_it_is_written_first_and_decides_with_the_others(green: Path) -> None:
    with begun(green, reproduce=True) as run:
        best = searched(run, [writes(SHOWS), DONE], GOOD)
        assert [p.name for p in run.logs()] == ["0.jsonl", "1.jsonl"]
        assert reproduction(run) == {PATH: HEAD + SHOWS}
        assert best.verdict.verified
        assert ("reproduction", "reproduces", "note") in [
            (f.check, f.rule, f.severity) for f in best.verdict.findings
        ]
        assert PATH not in best.patch.text  # it is a check, no part of what was asked for


def test_a_patch_that_it_fails_on_is_told_so_once_and_not_verified(green: Path) -> None:
    half = say(call("edit", path="stats.py", old=WRONG, new=RIGHT.replace("/ 2", "/ 3")))
    with begun(green, reproduce=True) as run:
        best = searched(run, [writes(SHOWS), DONE], [half, DONE, DONE])
        assert [(f.check, f.rule) for f in best.verdict.findings if f.severity == "error"] == [
            ("reproduction", "fails-on-patch")
        ]
        assert not best.verdict.verified
        [_, (first, why), (second, _)] = told(run, 1)
        assert (first, second) == (False, True)
        assert "the test written from the issue fails with the patch too: assert 1.0 == 1.5" in why


def test_what_shows_nothing_is_not_taken(green: Path) -> None:
    refused = {
        "there is no test yet": [],
        "not yet: none of the new tests fails on the code as it is": [writes("assert median([1]) == 1\n")],
        "not yet: nothing but new files of tests may be there; undo this: stats.py": [GOOD[0]],
        "undo this: test_stats.py": [say(call("write", path="test_stats.py", text=ODD_ONLY + "\nX = 1\n"))],
    }
    spoils = "import stats\n\nstats.median = None\n\n\ndef test_issue():\n    assert False\n"
    refused["not yet: these passed before and do not now: test_stats.py::test_odd"] = [
        say(call("write", path="test_a.py", text=spoils))
    ]
    for why, before in refused.items():
        with begun(green, reproduce=True) as run:
            with pytest.raises(Exception, match="was asked for one more"):
                searched(run, [*before, DONE], GOOD)
            ok, text = told(run, 0)[-1]
            assert not ok
            assert why in text


def test_without_one_the_verdict_says_so(green: Path) -> None:
    with begun(green, reproduce=True) as run:
        best = searched(run, [say(text="…") for _ in range(9)], GOOD)
        assert any(isinstance(e, Ended) and e.outcome == "stuck" for e in load(run.log_path(0)))
        assert "reproduction: no test that shows the issue was written" in best.verdict.left
        assert [f for f in best.verdict.findings if f.check == "reproduction"] == []


def test_it_is_not_written_again_by_a_run_that_goes_on(green: Path) -> None:
    class Stopping(Scripted):
        def complete(self, *args: object, **named: object) -> Reply:
            raise Stopped

    with begun(green, reproduce=True) as run:
        models = {0: Scripted(writes(SHOWS), DONE), 1: Stopping()}
        with pytest.raises(Stopped):
            search(run, Source(lambda number: models[number]), 1, Control())
        before = run.log_path(0).read_bytes()
        assert searched(run, [], GOOD).verdict.verified
        assert run.log_path(0).read_bytes() == before


def test_a_runner_whose_ids_name_no_file_will_do(green: Path) -> None:
    old = "import unittest\nfrom stats import median\n\n\nclass Old(unittest.TestCase):\n    def test_odd(self):\n        self.assertEqual(median([3, 1, 2]), 2)\n"
    new = old.replace("Old", "New").replace("[3, 1, 2]), 2", "[1, 2]), 1.5")
    (green / "test_stats.py").write_text(old)
    commit(green, "unittest")
    write = say(call("write", path=PATH, text=new))
    with begun(green, reproduce=True, test_command="python3 -m unittest discover -v") as run:
        best = searched(run, [write, DONE], GOOD)
        assert [f.rule for f in best.verdict.findings if f.check == "reproduction"] == ["reproduces"]


def test_a_model_that_repairs_functions_is_refused(green: Path) -> None:
    with begun(green, reproduce=True) as run, pytest.raises(TaskError, match="leave --reproduce away"):
        search(run, Source(lambda _: Scripted(profile=SMALL)), 1, Control())


def test_by_the_command_line(green: Path, tmp_path: Path) -> None:
    turns = [*(writes(SHOWS), DONE), *GOOD, say(call("run", command=f"rm {PATH}")), DONE]
    script = tmp_path / "script.json"
    script.write_text(
        json.dumps([{"calls": [{"tool": c.tool, "args": c.args} for c in t.calls]} for t in turns])
    )
    words = ("solve", "the median of an even count is wrong", "--reproduce", "--model", f"scripted:{script}")
    done = patchwright(green, *words, "--test", TEST)
    assert done.returncode == 0, done.stderr
    assert "── a test for the issue: " in done.stderr
    assert "the test written from the issue fails on the base and passes with the patch" in done.stderr
