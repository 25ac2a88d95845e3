import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import IDENTITY, TEST, begun, commit, patchwright, write_files
from patchwright.sandbox import landing
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.onsite import onsite
from patchwright.sandbox.patch import PatchError, parse
from patchwright.sandbox.probe import opener
from patchwright.sandbox.withheld import withheld
from patchwright.tools.base import ToolError
from patchwright.tools.read import load

CANARY = "canary-5dd1e0a97c"
SECRET = (
    ".env",
    ".env.local",
    ".ENV",
    "app/.env.production",
    ".envrc",
    ".netrc",
    ".pypirc",
    "keys/id_ed25519",
)
SHOWN = (
    ".env.example",
    ".env.local.sample",
    ".env-template",
    "env",
    ".environment",
    "id_rsa.pub",
    "a.env.py",
)


@pytest.fixture
def secretive(repo: Path) -> Path:
    """A repository with secrets in its history, in its index and beside it."""
    write_files(repo, {"old/.env": f"A={CANARY}\n"})
    commit(repo, "a secret")
    (repo / "old/.env").unlink()
    write_files(repo, {".env": f"B={CANARY}\n", "app/.env.local": f"C={CANARY}\n", ".env.example": "B=\n"})
    commit(repo, "other secrets")
    write_files(repo, {".env": f"B={CANARY}-changed\n", ".netrc": f"machine x password {CANARY}\n"})
    return repo


def contents(folder: Path) -> bytes:
    """All that a git directory holds, and all other files below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [path.read_bytes() for path in files]
    for head in (path for path in files if path.name == "HEAD"):
        git = ["git", "--git-dir", str(head.parent)]
        words = ["cat-file", "--batch-all-objects", "--batch"]
        found.append(subprocess.run([*git, *words], capture_output=True, check=True).stdout)
    return b"".join(found)


def state_of(folder: Path) -> Iterator[tuple[str, bytes, int]]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield str(path), path.read_bytes(), path.stat().st_uid


@pytest.mark.parametrize("name", [*SECRET, *SHOWN])
def test_a_name_says_whether_a_file_holds_secrets(name: str) -> None:
    assert withheld(name) == (name in SECRET)


@pytest.mark.parametrize("base", ["", "HEAD"])
@pytest.mark.parametrize("history", [0, 5])
def test_files_of_secrets_are_nowhere_in_a_base(secretive: Path, base: str, history: int) -> None:
    before = list(state_of(secretive))
    with begun(secretive, base=base, history=history) as run, run.workspace("1") as workspace:
        assert CANARY.encode() not in contents(run.folder)
        assert {".env", "app/.env.local"} <= set(run.base.hidden)
        assert any("left out .env, " in note for note in run.base.notes)
        assert any("the history is left out" in note for note in run.base.notes) == bool(history)
        seen = workspace.sandbox.run(
            ["sh", "-c", "find . -name '.env*'; git log -p --all; git status --short"]
        )
        assert CANARY not in seen.output
        assert "./.env.example" in seen.output
    assert list(state_of(secretive)) == before


@pytest.mark.parametrize("base", ["", "HEAD"])
def test_they_are_given_where_the_user_allows_it(secretive: Path, tmp_path: Path, base: str) -> None:
    found = Repository(secretive).base(tmp_path / "base", base, 5, env_files=True)
    assert (found.hidden, found.notes) == ((), ())
    assert CANARY.encode() in contents(tmp_path / "base")
    assert found.dirty == (not base)


def test_a_checkout_that_only_lacks_its_secrets_is_not_dirty(repo: Path, tmp_path: Path) -> None:
    write_files(repo, {".env": f"B={CANARY}\n"})
    commit(repo, "a secret")
    found = Repository(repo).base(tmp_path / "base")
    assert (found.hidden, found.dirty) == ((".env",), False)


def test_history_without_secrets_stays(repo: Path) -> None:
    write_files(repo, {".env": f"B={CANARY}\n", "README.md": "# later\n"})
    with begun(repo, history=3) as run, run.workspace("1") as workspace:
        assert "start" in workspace.sandbox.run(["git", "log"]).output
        assert CANARY.encode() not in contents(run.folder)


def test_line_ends_that_are_converted_write_no_secret_down(secretive: Path) -> None:
    write_files(secretive, {".gitattributes": "* text=auto\n"})
    with begun(secretive) as run:
        assert CANARY.encode() not in contents(run.folder)


def test_a_submodule_s_are_left_out_too(repo: Path, tmp_path: Path, git) -> None:
    write_files(tmp_path / "lib", {"lib.py": "x = 1\n", ".env": f"A={CANARY}\n"})
    commit(tmp_path / "lib", "lib", first=True)
    add = ("submodule", "add", "-q", str(tmp_path / "lib"), "sub")
    git(repo, *IDENTITY, "-c", "protocol.file.allow=always", *add)
    write_files(repo / "sub", {".env.local": CANARY})
    with begun(repo) as run:
        assert set(run.base.hidden) == {"sub/.env", "sub/.env.local"}
        assert CANARY.encode() not in contents(run.folder)


def test_a_patch_neither_holds_nor_touches_them_and_applies(secretive: Path) -> None:
    with begun(secretive) as run, run.workspace("1") as workspace:
        workspace.write("README.md", b"# better\n")
        workspace.write(".env", b"B=made inside\n")
        patch = workspace.diff(workspace.base, workspace.snapshot())
        assert patch.files == ("README.md",)
        assert any(note.startswith("left out .env: ") for note in patch.notes)
    landing.apply(secretive, patch)
    assert (secretive / ".env").read_text() == f"B={CANARY}-changed\n"


@pytest.mark.parametrize("name", [".env", "a/.netrc"])
def test_a_patch_that_makes_one_is_refused(name: str) -> None:
    text = f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+A=1\n"
    with pytest.raises(PatchError, match=f"'{name}' is kept out of patches: files of that name hold secrets"):
        parse(text, env_files=False)
    assert parse(text).files == (name,)


def test_verify_says_so_in_a_sentence(repo: Path) -> None:
    text = "--- /dev/null\n+++ b/.env\n@@ -0,0 +1 @@\n+A=1\n"
    done = patchwright(repo, "verify", "-", "--test", TEST, stdin=text)
    assert (done.returncode, "'.env' is kept out of patches" in done.stderr) == (2, True), done.stderr
    allowed = patchwright(repo, "verify", "-", "--test", TEST, "--env-files", stdin=text)
    assert "NOT VERIFIED: still failing" in allowed.stdout, allowed.stderr


def test_verify_and_doctor_say_what_they_leave_out(secretive: Path) -> None:
    for words in (("verify", "-"), ("doctor", "--repo", ".")):
        done = patchwright(
            secretive, *words, "--test", "true", stdin="--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+A\n"
        )
        assert "patchwright: left out .env, app/.env.local" in done.stderr


def test_no_repository_gives_itself_the_user_s_secrets(repo: Path) -> None:
    (repo / "patchwright.toml").write_text("env_files = true\n")
    done = patchwright(repo, "verify", "-", stdin="")
    assert "env_files cannot be set by a repository" in done.stderr


def test_a_lent_folder_s_files_of_secrets_are_empty_inside(
    secretive: Path, tmp_path: Path, anywhere: tuple[str, str]
) -> None:
    (secretive / "venv/deep").mkdir(parents=True)
    (secretive / ".gitignore").write_text("venv\n")
    write_files(secretive, {"venv/deep/.netrc": CANARY, "target/plain": f"D={CANARY}\n"})
    (secretive / "linked").mkdir()
    (secretive / "linked/.env").symlink_to("../target/plain")
    before = list(state_of(secretive))
    script = (
        "grep -r canary . ; cat .env; echo x > .env; rm -f .env; mv .netrc y; git log -p --all; echo done"
    )
    with onsite(Repository(secretive), tmp_path / "state", opener(*anywhere)) as workspace:
        seen = workspace.sandbox.run(["sh", "-c", script])
        assert CANARY not in seen.output
        assert "done" in seen.output
        with pytest.raises(ToolError, match=r"\.env is kept back"):
            load(workspace, ".env")
        assert ".env" not in workspace.diff(workspace.base, workspace.snapshot()).files
    assert list(state_of(secretive)) == before
    with onsite(Repository(secretive), tmp_path / "state", opener(*anywhere), env_files=True) as workspace:
        assert CANARY in workspace.sandbox.run(["cat", ".env"]).output


def test_the_commands_on_a_folder_keep_to_it(secretive: Path) -> None:
    words = ("--sandbox", "bubblewrap")
    done = patchwright(secretive, "sandbox", "exec", *words, "--", "cat", ".env")
    assert (done.stdout, "empty inside: " in done.stderr) == ("", True)
    assert (
        CANARY in patchwright(secretive, "sandbox", "exec", *words, "--env-files", "--", "cat", ".env").stdout
    )
    for action in ("read", "write"):
        done = patchwright(secretive, "sandbox", action, *words, ".env", stdin="x")
        assert (done.returncode, ".env is kept back" in done.stderr) == (2, True), done.stderr
