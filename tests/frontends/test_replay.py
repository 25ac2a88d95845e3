"""`replay` shows what was shown: the lines of every kind of run, from its log alone."""

import json
from pathlib import Path

import pytest
from fakes import TEST, good_model, patchwright
from patchwright.agent.models.base import Reply
from patchwright.agent.models.scripted import call, say

LOUD = say(call("run", command="seq 1 4000"), text="I look at\na lot.")
KINDS = {
    "verified": ([LOUD, *good_model()], (), 0),
    "at its limit, with what was refused": (
        [say(call("edit", path="no.py", old="a", new="b")), say(call("write", path="x", text="x\n" * 900))],
        ("--steps", "2"),
        5,
    ),
    "stuck": ([say(text="I would rather talk.")] * 4, (), 3),
    "in circles": ([say(call("read", path="stats.py"))] * 8, (), 1),
    "of two attempts": (
        [say(call("write", path="x", text="x"))],
        ("--candidates", "2", "--steps", "1", "--at-once", "1"),
        5,
    ),
    "broken off": ([say(call("test"))], (), 3),
}


def script(folder: Path, replies: list[Reply]) -> str:
    turns = [{"text": r.text, "calls": [{"tool": c.tool, "args": c.args} for c in r.calls]} for r in replies]
    (folder / "script.json").write_text(json.dumps(turns))
    return f"scripted:{folder / 'script.json'}"


def of_the_log(shown: str) -> str:
    """Without what patchwright says about itself, and without troubles of the moment."""
    lines = shown.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("patchwright: ", "[")))


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_shown_again_byte_for_byte(repo: Path, tmp_path: Path, kind: str) -> None:
    replies, flags, code = KINDS[kind]
    model = script(tmp_path, replies)
    done = patchwright(repo, "solve", "the median is wrong", "--model", model, "--test", TEST, *flags)
    assert done.returncode == code, done.stderr
    again = patchwright(repo, "replay")
    assert (again.returncode, again.stdout) == (0, of_the_log(done.stderr))
    assert "── attempt 1" in again.stdout
    assert ("── candidates" in again.stdout) == (kind == "of two attempts")
    if kind == "verified":
        assert "lines (" in again.stdout
        assert len(patchwright(repo, "replay", "--whole").stdout) > len(again.stdout) + 5_000


def test_a_log_of_another_version_hides_no_other_run(repo: Path, tmp_path: Path) -> None:
    model = script(tmp_path, [say(call("test"))])
    done = patchwright(repo, "solve", "the median is wrong", "--model", model, "--test", TEST)
    log = Path(next(word for word in done.stderr.split() if word.endswith(".jsonl")))
    with log.open("a") as f:
        f.write('{"kind":"dreamt"}\n')
    replay, sessions = patchwright(repo, "replay"), patchwright(repo, "sessions")
    assert (replay.returncode, replay.stderr.count("\n")) == (2, 1)
    assert "an event (dreamt) that patchwright" in replay.stderr
    assert (sessions.returncode, "unreadable" in sessions.stdout) == (0, True)
    assert patchwright(repo, "resume").returncode == 2
