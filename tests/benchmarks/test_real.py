"""The list of real fixes, and the program that has them judged."""

import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from fakes import EVEN, RIGHT, TEST, WRONG, commit

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.verify import real

PATCHES = tomllib.loads(real.LIST.read_text())["patch"]


def test_every_fix_says_what_is_right_of_it_and_why() -> None:
    assert len({p["url"] for p in PATCHES}) >= 10
    for patch in PATCHES:
        assert all(re.fullmatch("[0-9a-f]{40}", patch[key]) for key in ("base", "fix")), patch["name"]
        assert {"fix", "source", "tests"} <= patch["right"].keys() and patch["why"] and patch["tests"]
        assert patch["right"]["tests"][0] != "verified"


@pytest.mark.parametrize(
    ("state", "why", "right", "wrong"),
    [
        ("verified", "", ["verified"], ""),
        (
            "breaks tests",
            "it breaks a",
            ["verified"],
            "it is 'breaks tests' (it breaks a) and not 'verified'.",
        ),
        ("breaks tests", "it breaks a", ["breaks tests", "breaks a", "told"], ""),
        ("breaks tests", "it breaks a", ["breaks tests", "b"], ""),
        ("breaks tests", "it breaks a", ["breaks tests", "test_c"], "Nothing is said of 'test_c'."),
    ],
)
def test_a_verdict_is_compared_by_its_state_and_its_words(state: str, why: str, right, wrong: str) -> None:
    found = {"state": state, "why": why, "findings": [{"message": "it is told"}]}
    assert real.differs(found, right) == wrong


def test_a_fix_is_judged_in_each_way_and_its_receipt_again(repo: Path, git, tmp_path: Path) -> None:
    base = git(repo, "rev-parse", "HEAD").strip()
    source, tests = repo / "stats.py", repo / "test_stats.py"
    source.write_text(source.read_text().replace(WRONG, RIGHT))
    tests.write_text(tests.read_text() + "\n\ndef test_four():\n    assert median([1, 2, 3, 4]) == 2.5\n")
    commit(repo, "fix")
    patch = {
        "name": "stats",
        "mirror": repo.name,
        "base": base,
        "fix": git(repo, "rev-parse", "HEAD").strip(),
        "test": TEST,
        "tests": ["test_stats.py"],
        "right": {"fix": ["verified"], "tests": ["still failing", EVEN], "worktree": ["breaks tests"]},
    }
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    (tmp_path / "work").mkdir()
    found = [*real.judged(patch, tmp_path / "work", repo.parent, env)]
    assert [(o.way, o.state) for o in found] == [
        ("fix", "verified"),
        ("tests", "breaks tests"),
        ("worktree", "verified"),
    ]
    assert [bool(o.wrong) for o in found] == [False, True, True]
