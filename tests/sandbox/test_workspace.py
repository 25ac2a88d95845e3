from pathlib import Path

import pytest
from fakes import begun, commit
from patchwright.sandbox.patch import PatchError, parse
from patchwright.sandbox.workspace import Workspace

CHANGES = r"""
echo more >> stats.py; chmod +x stats.py; rm README.md; mkdir -p new/deep; echo a > 'new/deep/odd "name"'
printf '\000\001' > binary; ln -s stats.py link; ln -s /etc/passwd out; ln -s ../.. new/up; printf '\351t\351' > latin1.txt; : > empty
printf 'a\r\nb\r\n' > crlf.txt; mkdir __pycache__ .pytest_cache; echo x > __pycache__/x.pyc; echo x > .pytest_cache/y
"""


def changed(workspace: Workspace) -> str:
    assert workspace.shell(CHANGES, 20).ok
    return workspace.snapshot()


def test_a_patch_carries_every_kind_of_change_and_nothing_else(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            tree = changed(workspace)
            patch = workspace.diff(workspace.base, tree)
            workspace.shell("rm out new/up", 20)
            tree = workspace.snapshot()
        with run.fresh("2") as fresh:
            assert fresh.apply(patch).ok
            assert fresh.snapshot() == tree
    expected = {
        "stats.py",
        "README.md",
        "binary",
        "link",
        "latin1.txt",
        "empty",
        "crlf.txt",
        'new/deep/odd "name"',
    }
    assert set(patch.files) == expected
    assert (patch.added, patch.removed) == (5, 1)
    outside = "which is outside of the repository"
    assert set(patch.notes) == {
        f"left out out: a link to /etc/passwd, {outside}",
        f"left out new/up: a link to ../.., {outside}",
    }


def test_the_patch_applies_to_the_user_s_checkout(repo: Path, git) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        patch = workspace.diff(workspace.base, changed(workspace))
    (repo.parent / "p.diff").write_text(patch.text)
    git(repo, "apply", str(repo.parent / "p.diff"))
    assert (repo / "latin1.txt").read_bytes() == b"\xe9t\xe9"
    assert (repo / "binary").read_bytes() == b"\0\1"
    assert (repo / "crlf.txt").read_bytes() == b"a\r\nb\r\n"


def test_the_model_s_git_shows_one_commit_or_so_much_history_as_is_wanted(
    repo: Path, backend: tuple[str, str], git
) -> None:
    for number in range(5):
        (repo / "README.md").write_text(f"# stats {number}\n")
        commit(repo, f"number {number}")
    git(repo, "branch", "other", "HEAD~4")
    (repo / "README.md").write_text("dirty\n")
    (repo / "stashed").write_text("secret\n")
    git(repo, "stash", "-u")
    hidden = git(repo, "rev-parse", "stash", "HEAD~4").split()
    (repo / "README.md").write_text("dirty\n")
    look = "git log --all --format=%s; git status --short; git blame -s README.md | cut -c10-; git fsck 2>&1"
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        assert workspace.shell(look, 20).output.splitlines()[0] == "base"
        assert "number" not in workspace.shell(look, 20).output
    with begun(repo, backend, history=2) as run, run.workspace("1") as workspace:
        shown = workspace.shell(look, 20).output
        assert shown.startswith("base\nnumber 4\nnumber 3\n1) dirty\n")
        assert "error" not in shown
        for name in hidden:
            assert not workspace.shell(f"git cat-file -e {name}", 20).ok
        assert workspace.diff(workspace.base, workspace.snapshot()).text == ""
    git(repo, "clone", "-q", "--depth=2", f"file://{repo}", "../shallow")
    with begun(repo.parent / "shallow", backend, history=9) as run, run.workspace("1") as workspace:
        assert workspace.shell("git log --format=%s; git fsck", 20).output == "base\nnumber 4\nnumber 3\n"


def test_a_snapshot_of_unchanged_files_is_the_one_before(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        first = workspace.snapshot()
        assert (first, workspace.snapshot()) == (workspace.base, first)
        workspace.write("a", b"1")
        second = workspace.snapshot()
        workspace.write("a", b"2")
        third = workspace.snapshot()
        assert len({first, second, third}) == 3
        assert workspace.snapshot() == third
        workspace.write("a", b"1")
        assert (workspace.snapshot(), workspace.snapshot()) == (second, second)
        workspace.restore(first)
        assert workspace.snapshot() == first


def test_any_snapshot_can_be_restored(repo: Path) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        first = workspace.base
        second = changed(workspace)
        assert second != first
        workspace.shell("rm -rf * && echo z > z", 20)
        third = workspace.snapshot()
        for tree in (second, first, third, second):
            workspace.restore(tree)
            assert workspace.snapshot() == tree


def test_snapshots_outlive_the_sandbox(repo: Path) -> None:
    with begun(repo) as run:
        with run.workspace("1") as workspace:
            tree = changed(workspace)
            workspace.shell("rm -rf *", 20)
        with run.workspace("1", tree) as workspace:
            assert workspace.snapshot() == tree


def test_a_hostile_git_folder_changes_nothing(repo: Path) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        workspace.shell(
            "rm -rf .git; mkdir .git; echo '[core]\n fsmonitor = touch /tmp/ran' > .git/config", 20
        )
        workspace.write("README.md", b"# new\n")
        assert workspace.diff(workspace.base, workspace.snapshot()).files == ("README.md",)
        workspace.shell("rm -rf .git; echo 'gitdir: /nowhere' > .git", 20)
        assert workspace.diff(workspace.base, workspace.snapshot()).files == ("README.md",)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../up", "leaves the repository"),
        ("/etc/passwd", "is an absolute path"),
        (".git/config", "lies in a .git folder"),
        ("sub/.GIT/hooks/x", "lies in a .git folder"),
    ],
)
def test_a_patch_that_leaves_the_repository_is_refused(name: str, why: str) -> None:
    with pytest.raises(PatchError, match=why):
        parse(f"--- a/x\n+++ {'b/' if name[0] != '/' else ''}{name}\n@@ -1 +1 @@\n-a\n+b\n")


@pytest.mark.parametrize("text", ["hello", "--- a\n+++ b\n@@ nonsense\n", "@@ -1 +1 @@\n-a\n+b\n"])
def test_what_is_no_patch_is_refused(text: str) -> None:
    with pytest.raises(PatchError):
        parse(text)


def test_files_that_nothing_has_touched_are_kept_once(repo: Path) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        assert workspace.current() == workspace.base
        workspace.write("new.txt", b"1\n")
        first = workspace.current()
        assert first == workspace.current() == workspace.latest == workspace.snapshot()
        assert workspace.shell("echo 2 > new.txt", 20).ok
        second = workspace.current()
        assert first != second == workspace.snapshot()
        workspace.restore(first)
        assert workspace.current() == first
        workspace.start("until test -e go; do sleep 0.01; done; echo 2 > new.txt; rm go; sleep 60")
        assert workspace.current() == first
        workspace.sandbox.write("go", b"")
        while workspace.current() != second:
            continue


def test_files_that_come_and_go_meanwhile_do_not_stop_a_snapshot(
    repo: Path, backend: tuple[str, str]
) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        workspace.start("while :; do for n in 1 2 3 4 5 6 7 8; do : > come-$n; done; rm come-*; done")
        for _ in range(30):
            assert workspace.snapshot()
