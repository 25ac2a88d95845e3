"""Whatever happens to a run, the user's repository stays as it is, and the run can be finished."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import IDENTITY

PATCHWRIGHT = (sys.executable, "-c", "from patchwright.frontends.cli import main; raise SystemExit(main())")
SCRIPT = [
    {"calls": [{"tool": "read", "args": {"path": "target.txt"}}, {"tool": "test"}]},
    {
        "calls": [
            {
                "tool": "run",
                "args": {"command": "echo scratch > scratch.tmp; git stash; git reset --hard; git clean -fd"},
            }
        ]
    },
    {"calls": [{"tool": "write", "args": {"path": "target.txt", "text": "almost\n"}}]},
    {
        "calls": [
            {"tool": "edit", "args": {"path": "target.txt", "old": "almost", "new": "right"}},
            {"tool": "test"},
        ]
    },
    {"calls": [{"tool": "finish", "args": {"summary": "It is right now."}}]},
]
ODD = ("with space", "quote\"'", "new\nline", "üñí", "-dash", "*", os.fsdecode(b"\xff\xfe"), "a" * 200)


def git(where: Path, *words: str) -> None:
    command = ["git", *IDENTITY, "-c", "protocol.file.allow=always", *words]
    subprocess.run(command, cwd=where, check=True, capture_output=True)


def random_history(random: random.Random, top: Path) -> Path:
    """A repository with whatever a user may have in one. Its check wants `right` in target.txt."""
    repo = top / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    (repo / "check.sh").write_text("grep -q right target.txt\n")
    (repo / "target.txt").write_text("wrong\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "start")
    steps = [
        ordinary,
        ordinary,
        stashed,
        linked,
        odd_names,
        submodule,
        ignored,
        branch,
        staged,
        deleted,
        untracked,
    ]
    for step in random.choices(steps, k=random.randint(2, 8)):
        step(random, repo, top)
    return repo


def name(random: random.Random) -> str:
    return random.choice((*ODD, *(f"file{n}.txt" for n in range(8))))


def ordinary(random: random.Random, repo: Path, top: Path) -> None:
    (repo / name(random)).write_text(str(random.random()))
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "--allow-empty", "-m", "more")


def stashed(random: random.Random, repo: Path, top: Path) -> None:
    (repo / "check.sh").write_text("grep -q right target.txt # stashed\n")
    git(repo, "stash", "push", "-q", "--", "check.sh")


def linked(random: random.Random, repo: Path, top: Path) -> None:
    (top / "outside").write_text("not yours")
    for path, target in (
        ("link-in", "target.txt"),
        ("link-out", str(top / "outside")),
        ("link-dead", "/nowhere"),
    ):
        (repo / path).unlink(missing_ok=True)
        (repo / path).symlink_to(target)


def odd_names(random: random.Random, repo: Path, top: Path) -> None:
    folder = repo / random.choice(("d", "d é", "d\nd"))
    folder.mkdir(exist_ok=True)
    for odd in random.sample(ODD, 3):
        (folder / odd).write_bytes(random.randbytes(50))
    if random.random() < 0.5:
        git(repo, "add", "-A")


def submodule(random: random.Random, repo: Path, top: Path) -> None:
    library = top / "library"
    if (repo / "sub").exists():
        (repo / "sub" / "dirt").write_text(str(random.random()))
        return
    library.mkdir()
    git(library, "init", "-q")
    (library / "lib.txt").write_text("lib")
    git(library, "add", "-A")
    git(library, "commit", "-qm", "lib")
    git(repo, "submodule", "add", "-q", str(library), "sub")


def ignored(random: random.Random, repo: Path, top: Path) -> None:
    (repo / ".gitignore").write_text("*.log\nbuild/\n")
    (repo / "x.log").write_text("log")
    (repo / "build").mkdir(exist_ok=True)
    (repo / "build" / "out").write_text("built")


def branch(random: random.Random, repo: Path, top: Path) -> None:
    git(repo, "branch", f"side{random.random()}")
    git(repo, "tag", f"t{random.random()}")


def staged(random: random.Random, repo: Path, top: Path) -> None:
    path = repo / "staged.txt"
    path.write_text("one")
    git(repo, "add", "staged.txt")
    path.write_text("two")


def deleted(random: random.Random, repo: Path, top: Path) -> None:
    for path in repo.glob("file*.txt"):
        path.unlink()
        return


def untracked(random: random.Random, repo: Path, top: Path) -> None:
    (repo / name(random)).write_text("untracked")


def fingerprint(top: Path) -> str:
    """Every byte, mode and link of a folder, `.git` included."""
    whole = hashlib.sha256()
    for folder, folders, files in os.walk(os.fsencode(top)):
        folders.sort()
        for entry in sorted(files) + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            path = os.path.join(folder, entry)
            about = os.lstat(path)
            data = os.readlink(path) if os.path.islink(path) else Path(os.fsdecode(path)).read_bytes()
            whole.update(b"%s\0%o\0%d\0%s\0" % (path, about.st_mode, len(data), data))
        whole.update(b"%s\0%o\0" % (folder, os.lstat(folder).st_mode))
    return whole.hexdigest()


def solve_until(event: int, repo: Path, script: Path) -> bool:
    """Run, and kill at the n-th event. Whether it was killed."""
    command = [*PATCHWRIGHT, "solve", "make it right", "--json", "--model", f"scripted:{script}"]
    command += ["--test", "sh check.sh", "--sandbox", "bubblewrap"]
    with subprocess.Popen(command, cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        for seen, _ in enumerate(process.stdout, 1):
            if seen == event:
                process.send_signal(signal.SIGKILL)
                return True
    return False


@pytest.mark.parametrize("seed", range(100))
def test_a_killed_run_leaves_the_repository_alone_and_can_be_finished(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    repo = random_history(chance, tmp_path)
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    before = fingerprint(repo)

    killed = solve_until(chance.randint(1, 26), repo, script)
    assert fingerprint(repo) == before

    if killed:
        done = subprocess.run([*PATCHWRIGHT, "resume", "--json"], cwd=repo, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout.splitlines()[-1])
        assert result["verified"]
        assert "+right" in result["patch"]
        assert result["patch"].count("diff --git") == 1
        assert fingerprint(repo) == before
