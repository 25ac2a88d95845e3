import os
from pathlib import Path

import pytest
from fakes import IDENTITY, begun, commit, write_files
from patchwright.sandbox import landing
from patchwright.sandbox.checkout import CheckoutError, Repository
from patchwright.sandbox.patch import parse
from patchwright.sandbox.workspace import Workspace


def files(workspace: Workspace) -> set[str]:
    return set(
        workspace.sandbox.run(
            ["find", ".", "-path", "./.git", "-prune", "-o", "-type", "f", "-print"]
        ).output.split()
    )


def test_the_base_is_the_checkout_as_it_stands(repo: Path, git) -> None:
    (repo / ".gitignore").write_text("*.log\n")
    (repo / "kept.log").write_text("tracked though ignored")
    git(repo, "add", "-f", "kept.log")
    (repo / "stats.py").write_text("changed = True\n")
    (repo / "README.md").unlink()
    (repo / "new.py").write_text("untracked\n")
    (repo / "junk.log").write_text("ignored\n")
    with begun(repo) as run, run.workspace("1") as workspace:
        assert run.base.dirty
        assert files(workspace) == {"./.gitignore", "./kept.log", "./stats.py", "./test_stats.py", "./new.py"}
        assert workspace.read("stats.py") == b"changed = True\n"
        assert not workspace.diff(workspace.base, workspace.snapshot())


def test_a_named_base_is_that_commit_whatever_lies_around(repo: Path, git) -> None:
    git(repo, "tag", "v1")
    (repo / "stats.py").write_text("later\n")
    commit(repo, "later")
    (repo / "dirt").write_text("x")
    with begun(repo, base="v1") as run, run.workspace("1") as workspace:
        assert not run.base.dirty
        assert b"median" in workspace.read("stats.py")
        assert "./dirt" not in files(workspace)


def test_bytes_come_through_whatever_the_attributes_say(repo: Path) -> None:
    (repo / ".gitattributes").write_text("*.txt text eol=crlf\n*.bin filter=lfs\n*.id ident\n")
    contents = {"a.txt": b"one\ntwo\r\n", "b.bin": bytes(range(256)), "c.id": b"$Id$\n", "d": b"no newline"}
    for name, data in contents.items():
        (repo / name).write_bytes(data)
    with begun(repo) as run, run.workspace("1") as workspace:
        assert {name: workspace.read(name) for name in contents} == contents


def test_a_checkout_with_crlf_on_disk_comes_as_it_is(repo: Path, git) -> None:
    (repo / ".gitattributes").write_text("*.bat text eol=crlf\n")
    (repo / "run.bat").write_bytes(b"echo\r\n")
    commit(repo, "crlf")
    with begun(repo) as run, run.workspace("1") as workspace:
        assert workspace.read("run.bat") == b"echo\r\n"


def test_modes_links_and_odd_names_come_through(repo: Path) -> None:
    names = [
        "with space",
        "quote\"'",
        "tab\there",
        "new\nline",
        "üñí",
        "-dash",
        "[brackets]",
        os.fsdecode(b"\xff\xfe"),
    ]
    for name in names:
        (repo / name).write_text("x")
    (repo / "link").symlink_to("stats.py")
    (repo / "dangling").symlink_to("/nowhere")
    (repo / "tool.sh").write_text("#!/bin/sh\n")
    (repo / "tool.sh").chmod(0o755)
    with begun(repo) as run, run.workspace("1") as workspace:
        found = workspace.sandbox.run(
            ["python3", "-c", "import os; print(sorted(map(os.fsencode, os.listdir('.'))))"]
        )
        for name in [*names, "link", "dangling"]:
            assert repr(os.fsencode(name)) in found.output
        assert workspace.sandbox.run(["test", "-x", "tool.sh"]).ok
        assert workspace.sandbox.run(["readlink", "dangling"]).output == "/nowhere\n"


def test_a_submodule_is_part_of_the_base(repo: Path, tmp_path: Path, git) -> None:
    write_files(tmp_path / "lib", {"lib.py": "x = 1\n"})
    commit(tmp_path / "lib", "lib", first=True)
    git(
        repo,
        *IDENTITY,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(tmp_path / "lib"),
        "sub",
    )
    commit(repo, "with lib")
    (repo / "sub" / "dirt.py").write_text("y = 2\n")
    with begun(repo) as run, run.workspace("1") as workspace:
        assert {"./sub/lib.py", "./sub/dirt.py"} <= files(workspace)
        assert any("submodule sub" in note for note in run.base.notes)
        workspace.write("sub/lib.py", b"x = 2\n")
        assert workspace.diff(workspace.base, workspace.snapshot()).files == ("sub/lib.py",)


def test_a_nested_repository_is_left_out_and_said(repo: Path) -> None:
    write_files(repo / "other", {"f": "x"})
    commit(repo / "other", "x", first=True)
    with begun(repo) as run, run.workspace("1") as workspace:
        assert "./other/f" not in files(workspace)
        assert run.base.notes == ("left out other: a git repository of its own",)


def test_a_linked_worktree_serves_too(repo: Path, tmp_path: Path, git) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    (tmp_path / "linked" / "new").write_text("x")
    with begun(tmp_path / "linked") as run, run.workspace("1") as workspace:
        assert "./new" in files(workspace)


def test_the_model_s_own_git_works_and_reaches_nothing(repo: Path, git) -> None:
    before = git(repo, "for-each-ref"), git(repo, "log", "--format=%H")
    with begun(repo) as run, run.workspace("1") as workspace:
        shell = lambda line: workspace.shell(line, 20)  # noqa: E731
        assert shell("git status --short").output == ""
        assert len(shell("git log --oneline").output.splitlines()) == 1
        done = shell(
            "echo x >> stats.py && git stash && git stash pop && git commit -qam x && git checkout -q -b y"
        )
        assert done.output == "" or done.code in (0, 128)
        assert shell("git remote; git config --get-regexp url").output == ""
    assert (git(repo, "for-each-ref"), git(repo, "log", "--format=%H")) == before


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda p: p.mkdir(), "is not in a git repository"),
        (lambda p: None, "is not a folder"),
        (lambda p: (p.mkdir(), os.system(f"git init -q --bare {p}")), "is a bare repository"),
        (lambda p: (p.mkdir(), os.system(f"git init -q {p}")), "has no commits yet"),
    ],
)
def test_what_cannot_serve_is_said(tmp_path: Path, prepare, says: str) -> None:
    prepare(tmp_path / "r")
    with pytest.raises(CheckoutError, match=says):
        Repository(tmp_path / "r").base(tmp_path / "base")


def test_where_a_hook_has_pointed_git_to_another_repository_this_one_is_taken(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Repository(repo).base(tmp_path / "usual")
    for name, value in (("GIT_DIR", "elsewhere"), ("GIT_INDEX_FILE", "none"), ("GIT_WORK_TREE", "/")):
        monkeypatch.setenv(name, str(tmp_path / value))
    assert Repository(repo).base(tmp_path / "base") == usual
    landing.apply(repo, parse("--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# stats\n+# Stats\n"))
    assert (repo / "README.md").read_text() == "# Stats\n"
