"""`patchwright sandbox`: each command works in the folder itself, and what one did the next one sees."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import MAIN, patchwright

Sandbox = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sandbox(repo: Path, backend: tuple[str, str]) -> Sandbox:
    name, image = backend

    def run(action: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        where = ["--repo", str(repo), "--sandbox", name, *(["--image", image] if image else [])]
        return patchwright(repo.parent, "sandbox", action, *where, *words, stdin=stdin)

    return run


def test_a_command_runs_in_the_folder_and_its_output_and_code_are_passed_on(
    sandbox: Sandbox, repo: Path
) -> None:
    done = sandbox("exec", "--", "sh", "-c", "cat README.md; echo new > made; exit 7")
    assert (done.stdout, done.returncode) == ("# stats\n", 7)
    assert done.stderr.count("working in") == 1
    assert (repo / "made").read_text() == "new\n"
    assert (repo / "made").stat().st_uid == (repo / "stats.py").stat().st_uid == os.geteuid()


def test_a_single_word_is_a_command_line(sandbox: Sandbox) -> None:
    assert sandbox("exec", "--", "echo a | tr a b && echo $0").stdout == "b\nbash\n"


def test_a_command_that_takes_too_long_ends_with_124_and_leaves_nothing_running(sandbox: Sandbox) -> None:
    done = sandbox("exec", "--timeout", "1", "--", "echo before; setsid sleep 4242 & sleep 4242")
    assert (done.stdout, done.returncode) == ("before\n", 124)
    assert "the time limit of 1 s" in done.stderr
    assert "sleep\0004242" not in processes()


def processes() -> str:
    return "\n".join(p.read_text() for p in Path("/proc").glob("[0-9]*/cmdline") if os.access(p, os.R_OK))


def test_a_patch_holds_what_the_folder_changes_against_head(sandbox: Sandbox, repo: Path, git) -> None:
    sandbox("exec", "--", "echo more >> README.md; mkdir sub; git init -q sub/inner; ln -s /etc/passwd out")
    done = sandbox("patch")
    assert done.stdout.startswith("diff --git a/README.md b/README.md\n")
    assert "passwd" not in done.stdout
    assert "left out out: a link to /etc/passwd, which is outside of the repository" in done.stderr
    assert "inner" not in done.stdout
    sandbox(
        "exec",
        "--",
        "cd sub/inner && git init -q && touch f && git add f && git -c user.name=a -c user.email=b commit -qm c",
    )
    assert "left out sub/inner: a git repository of its own" in sandbox("patch").stderr
    git(repo, "checkout", "README.md")
    (repo.parent / "p").write_text(done.stdout)
    git(repo, "apply", "--check", "../p")


def test_no_change_is_an_empty_patch_and_said(sandbox: Sandbox) -> None:
    done = sandbox("patch")
    assert (done.stdout, done.returncode) == ("", 0)
    assert "no change against HEAD" in done.stderr


def test_files_are_written_and_read_through_the_file_tools(sandbox: Sandbox, repo: Path) -> None:
    assert sandbox("write", "a/b.txt", stdin="über\r\n").returncode == 0
    assert (repo / "a/b.txt").read_bytes() == "über\r\n".encode()
    assert sandbox("read", "a/b.txt").stdout.splitlines() == ["über"]
    assert "stats.py" in sandbox("read", ".").stdout.splitlines()


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", ".git/config", "sub/.GIT/hooks/x", "link/x"])
def test_a_write_outside_of_the_repository_is_refused(sandbox: Sandbox, repo: Path, path: str) -> None:
    (repo / "link").symlink_to("/tmp")
    done = sandbox("write", path, stdin="x")
    assert done.returncode == 2
    assert path.partition("/")[0] in done.stderr
    assert not (repo.parent / "outside").exists()


def test_the_folder_s_own_git_is_neither_seen_nor_changed(sandbox: Sandbox, repo: Path, git) -> None:
    git(repo, "config", "x.secret", "hidden")
    before = {p: p.read_bytes() for p in (repo / ".git").rglob("*") if p.is_file() and p.name != "index"}
    done = sandbox(
        "exec", "--", "cat .git/config; git config core.fsmonitor 'touch /tmp/x'; rm -rf .git/*; mv .git g"
    )
    assert "hidden" not in done.stdout
    assert before == {
        p: p.read_bytes() for p in (repo / ".git").rglob("*") if p.is_file() and p.name != "index"
    }


def test_git_works_inside_also_in_a_linked_worktree(sandbox: Sandbox, repo: Path, git) -> None:
    asked = (
        "exec",
        "--",
        "git log --oneline | wc -l; echo x >> README.md; git status --short; git commit -qam y && git diff HEAD~ --stat",
    )
    assert "README.md | 1 +" in sandbox(*asked).stdout
    git(repo, "worktree", "add", "-q", "../linked")
    done = patchwright(
        repo.parent,
        "sandbox",
        "exec",
        "--repo",
        "linked",
        "--",
        "git status --short; echo y > README.md; git status --short",
    )
    assert done.stdout == " M README.md\n"
    assert (repo.parent / "linked/README.md").read_text() == "y\n"


def test_a_folder_below_the_top_is_the_working_folder(sandbox: Sandbox, repo: Path) -> None:
    (repo / "sub").mkdir()
    done = patchwright(repo, "sandbox", "exec", "--repo", "sub", "--", "basename $PWD; touch here")
    assert done.stdout == "sub\n"
    assert (repo / "sub/here").exists()


def test_two_at_once_share_the_folder_and_the_last_one_gives_it_back(repo: Path) -> None:
    repo.chmod(0o700)
    slow = subprocess.Popen(
        [*MAIN, "sandbox", "exec", "--", "echo ready; touch begun; sleep 3; touch slow"], cwd=repo
    )
    while not (repo / "begun").exists():
        time.sleep(0.05)
    assert patchwright(repo, "sandbox", "exec", "--", "touch quick").returncode == 0
    assert slow.wait() == 0
    assert {(repo / name).stat().st_uid for name in ("quick", "slow", "begun", "stats.py")} == {os.geteuid()}
    assert repo.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_command_leaves_no_process_and_gc_the_rest(repo: Path, number: int) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "patchwright"
    going = subprocess.Popen([*MAIN, "sandbox", "exec", "--", "touch begun; sleep 4243"], cwd=repo)
    while not (repo / "begun").exists():
        time.sleep(0.05)
    going.send_signal(number)
    going.wait()
    while "sleep\0004243" in processes():
        time.sleep(0.05)
    assert bool([*state.glob("onsite-*")]) == (number == signal.SIGKILL)
    assert patchwright(repo, "sandbox", "gc").returncode == 0
    assert not [*state.glob("onsite-*")]
    assert (repo / "begun").stat().st_uid == os.geteuid()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("exec", "--repo", "nowhere", "--", "true"), 2, "is not a folder"),
        (("exec", "--repo", "..", "--", "true"), 2, "is not in a git repository"),
        (("read", "nope"), 2, "there is no file nope"),
    ],
)
def test_bad_input_is_one_sentence(repo: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = patchwright(repo, "sandbox", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


@pytest.mark.usefixtures("docker_image")
def test_an_image_that_is_not_there_is_named(repo: Path) -> None:
    done = patchwright(repo, "sandbox", "exec", "--sandbox", "docker", "--image", "no-such:1", "--", "true")
    assert (done.returncode, done.stdout) == (4, "")
    assert "no-such:1" in done.stderr
