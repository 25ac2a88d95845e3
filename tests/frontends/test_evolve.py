"""`patchwright evolve` as a user meets it: a process, its two streams and its exit code."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from fakes import MAIN, patchwright
from hill import COMMAND, FILES, hill, returning
from patchwright.agent.log import load

VALUES = (5, 9, 1, 9, 20, 15, 60, 33, 38, 47)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return hill(tmp_path)


def script(tmp_path: Path, *values: int) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps([{"text": returning(value)} for value in values]))
    return f"scripted:{path}"


def words(model: str, *more: str, most: int = len(VALUES)) -> list[str]:
    what = ["evolve", "stand at the top", "--maximise", COMMAND, "--evolve", "hill.py::place"]
    return [*what, "--model", model, "--candidates", str(most), *more]


def test_the_patch_is_on_stdout_and_the_talk_on_stderr(repo: Path, tmp_path: Path, git) -> None:
    done = patchwright(repo, *words(script(tmp_path, *VALUES)))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("diff --git a/hill.py b/hill.py\n")
    assert "+    return 38\n" in done.stdout
    rows = [row for row in done.stderr.splitlines() if "  island " in row]
    assert len(rows) == len(VALUES)
    assert rows[3].endswith("-31, the same as 2  best -31")
    assert "the base scores -37" in done.stderr
    assert "version 9 of 10 scores -2 in a fresh workspace, the base -37; verified" in done.stderr
    assert git(repo, "status", "--short") == ""


def test_apply_changes_the_checkout(repo: Path, tmp_path: Path) -> None:
    assert patchwright(repo, *words(script(tmp_path, 40), "--apply", most=1)).returncode == 0
    assert (repo / "hill.py").read_text() == FILES["hill.py"].replace(
        '    """Where to stand."""\n    return 3', "    return 40"
    )


def test_json_streams_the_events_and_ends_with_the_result(repo: Path, tmp_path: Path) -> None:
    done = patchwright(repo, *words(script(tmp_path, *VALUES), "--json"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [lines[i]["kind"] for i in (0, 1, -3, -2, -1)] == [
        "opened",
        "scored",
        "rescored",
        "judged",
        "result",
    ]
    found = lines[-1]
    assert (found["verified"], found["base"], found["score"], found["searched"]) == (True, -37, -2, -2)
    assert [p["number"] for p in found["programs"][:3]] == [9, 8, 10]
    assert found["code"] == "def place():\n    return 38"


def test_no_better_version_is_exit_1_and_a_limit_exit_5(repo: Path, tmp_path: Path) -> None:
    done = patchwright(repo, *words(script(tmp_path, 1, 2), most=2))
    assert (done.returncode, done.stdout) == (1, "")
    assert "none of 2 versions scores more than the base's -37" in done.stderr
    done = patchwright(repo, *words(script(tmp_path, 1, 2), "--seconds", "0.001", most=2))
    assert done.returncode == 5, done.stderr


def test_a_model_that_writes_no_version_is_exit_3(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "prose.json").write_text(json.dumps([{"text": "Hm."}] * 99))
    done = patchwright(repo, *words(f"scripted:{tmp_path / 'prose.json'}", most=99))
    assert done.returncode == 3
    assert "answers held no version of place" in done.stderr


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--islands", "0"], "patchwright: --islands 0: Input should be greater than or equal to 1.\n"),
        (
            ["--candidates", "0"],
            "patchwright: the command line: candidates: Input should be greater than or equal to 1.\n",
        ),
        (["--evolve", "hill.py::nothing"], "hill.py::nothing is not there"),
        (["--maximise", " "], "patchwright: --maximise is empty: give a command that prints the number.\n"),
        (["--maximise", "echo high"], "--maximise echo high: on the base it prints no number.\n"),
        (["--test", "no-such-runner"], "could not be started"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(
    repo: Path, tmp_path: Path, more: list[str], sentence: str
) -> None:
    done = patchwright(repo, *words(script(tmp_path, 1), *more))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert sentence in done.stderr


@pytest.mark.parametrize("again", ["the same command", "resume"])
def test_a_run_that_is_killed_goes_on_to_the_same_result(repo: Path, tmp_path: Path, again: str) -> None:
    slow = FILES["score.py"] + "import time\ntime.sleep(0.2)\n"
    (repo / "score.py").write_text(slow)
    command = words(script(tmp_path, *VALUES), "--json")
    other = {"XDG_STATE_HOME": str(tmp_path / "unbroken")}
    whole = json.loads(patchwright(repo, *command, env=other).stdout.splitlines()[-1])
    process = subprocess.Popen([*MAIN, *command], cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    for _ in range(9):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (log,) = Path(os.environ["XDG_STATE_HOME"]).glob("patchwright/runs/*/1.jsonl")
    kinds = [e.kind for e in load(log)]
    assert "ended" not in kinds
    done = patchwright(repo, *(command if again != "resume" else ["resume", "--json"]))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    changing = ("run", "log", "verdict")
    assert {k: v for k, v in lines[-1].items() if k not in changing} == {
        k: v for k, v in whole.items() if k not in changing
    }
    assert sum(line["kind"] == "proposed" for line in lines) == len(VALUES) - kinds.count("proposed")
    assert sum(line["kind"] == "scored" for line in lines) == len(VALUES) + 1 - kinds.count("scored")
    assert len(patchwright(repo, "sessions").stdout.splitlines()) == 1


def test_replay_shows_what_was_shown(repo: Path, tmp_path: Path) -> None:
    done = patchwright(repo, *words(script(tmp_path, *VALUES)))
    shown = patchwright(repo, "replay").stdout
    assert shown.splitlines() == [
        row for row in done.stderr.splitlines() if not row.startswith("patchwright: ")
    ]
    assert " verified " in patchwright(repo, "sessions").stdout
