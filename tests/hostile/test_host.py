"""What runs on the host itself, over a folder in which anything may lie: nothing of that is executed, followed or waited for."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import begun, patchwright, write_files
from hostile.victim import SECRET
from patchwright.agent import config
from patchwright.agent.task import TaskError
from patchwright.sandbox import toolchain
from patchwright.sandbox.checkout import CheckoutError, Repository
from patchwright.sandbox.onsite import is_folder
from patchwright.sandbox.patch import PatchError, parse

Inside = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(repo: Path, backend: tuple[str, str]) -> Inside:
    name, image = backend

    def run(action: str, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        where = ["--repo", str(repo), "--sandbox", name, *(["--image", image] if image else [])]
        return patchwright(repo.parent, "sandbox", action, *where, *words, env=env)

    return run


@pytest.mark.parametrize(
    "laid", ["mkfifo {}", "ln -s /dev/zero {}", "ln -s /dev/stdin {}", "mkdir {}", "ln -s {} {}"]
)
def test_settings_that_never_end_are_none(repo: Path, laid: str) -> None:
    before = config.load(repo, {})
    for name in ("patchwright.toml", "pyproject.toml"):
        subprocess.run(laid.replace("{}", name), shell=True, cwd=repo, check=True)
    assert config.load(repo, {}) == before


def test_settings_are_not_taken_through_a_link_or_without_end(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("candidates = 7\n")
    (repo / "patchwright.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert config.load(repo, {}).candidates is None
    (repo / "patchwright.toml").unlink()
    (repo / "patchwright.toml").write_text("# " + "x" * 2_000_000)
    with pytest.raises(TaskError, match="no file of settings"):
        config.load(repo, {})


@pytest.mark.parametrize("name", sorted(config.TRUSTED_ONLY))
def test_a_repository_cannot_loosen_its_own_sandbox(repo: Path, name: str) -> None:
    (repo / "patchwright.toml").write_text(f'{name} = "host"\n')
    with pytest.raises(TaskError, match="cannot be set by a repository"):
        config.load(repo, {})


def test_programs_in_the_tree_are_not_run(repo: Path, backend: tuple[str, str]) -> None:
    for name in ("git", "bwrap", "prlimit", "setpriv", "unshare", "mount", "sh", "docker", "rm"):
        (repo / name).write_text(f'#!/bin/sh\ntouch {repo}/ran-{name}\nexec $(command -p -v {name}) "$@"\n')
        (repo / name).chmod(0o755)
    for path in ("", ".", "./"):
        env = {"PATH": f"{path}:{os.environ['PATH']}"}
        words = ["--sandbox", backend[0], *(["--image", backend[1]] if backend[1] else [])]
        assert patchwright(repo, "sandbox", "exec", *words, "--", "true", env=env).returncode == 0
    assert not [*repo.glob("ran-*")]


def test_without_care_they_would_be(repo: Path) -> None:
    (repo / "git").write_text("#!/bin/sh\necho evil\n")
    (repo / "git").chmod(0o755)
    env = {"PATH": f":{os.environ['PATH']}"}
    assert (
        subprocess.run("git", cwd=repo, env=env, capture_output=True, text=True, shell=True).stdout
        == "evil\n"
    )


@pytest.mark.parametrize("nested", ["sub/.git", "sub"])
def test_a_planted_repository_cannot_have_another_folder_lent(repo: Path, git, nested: str) -> None:
    subprocess.run(["mkdir", "-p", str(repo / nested)], check=True)
    subprocess.run(["cp", "-r", f"{repo}/.git/.", str(repo / nested)], check=True)
    git(repo, "config", "-f", f"{nested}/config", "core.worktree", str(repo))
    assert git(repo / "sub", "rev-parse", "--show-toplevel") == f"{repo}\n"
    if nested == "sub/.git":
        with pytest.raises(CheckoutError, match="claims"):
            Repository(repo / "sub")
    else:
        git(repo, "config", "-f", f"{nested}/config", "core.worktree", str(repo.parent))
        with pytest.raises(CheckoutError, match="claims"):
            Repository(repo / "sub")


def test_a_link_in_a_submodule_s_place_is_not_mounted(
    command: Inside, repo: Path, git, tmp_path: Path
) -> None:
    write_files(tmp_path / "elsewhere", {"secret": SECRET})
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{git(repo, 'rev-parse', 'HEAD').strip()},sub")
    git(repo, "-c", "user.name=t", "-c", "user.email=t", "commit", "-qm", "sub")
    (repo / "sub").symlink_to(tmp_path / "elsewhere")
    assert (repo / "sub").is_dir()
    assert not is_folder(repo / "sub")
    done = command("exec", "--", "cat sub/secret $PWD/sub/secret; echo through")
    assert (SECRET in done.stdout, "through" in done.stdout) == (False, True)


def test_where_the_owner_s_packages_lie_nothing_else_is_shown(tmp_path: Path) -> None:
    local = tmp_path / ".local"
    for name in ("bin", "lib/python3.11", "share/keyrings", "state/patchwright"):
        (local / name).mkdir(parents=True)
    shown = toolchain.mounts({"PATH": f"{local}/bin", "HOME": str(tmp_path)})
    assert set(shown) == {local / "bin", local / "lib"}


@pytest.mark.parametrize("place", [".", "$GIT"])
def test_folders_without_a_floor_are_given_back_and_removed(command: Inside, repo: Path, place: str) -> None:
    dig = "import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(2500): os.mkdir('dd'); os.chdir('dd')\nopen('end', 'w')"
    try:
        done = command("exec", "--", "python3", "-c", dig, place.replace("$GIT", "/.patchwright/git"))
        assert (done.returncode, done.stderr.count("\n")) == (0, 1)
        assert repo.stat().st_gid == os.getegid()
        assert command("exec", "--", "true").returncode == 0
        state = Path(os.environ["XDG_STATE_HOME"]) / "patchwright"
        assert not [*state.glob("onsite-*")]
        found = subprocess.run(
            ["find", str(repo), "-not", "-user", str(os.geteuid())], capture_output=True, text=True
        )
        assert found.stdout == ""
    finally:
        subprocess.run(["rm", "-rf", str(repo / "dd")], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's set-uid files are the user's own")
def test_a_set_uid_file_does_not_reach_the_owner(command: Inside, repo: Path) -> None:
    assert command("exec", "--", "cp /bin/sleep s; chmod 6755 s; [ -u s ] && echo set").stdout == "set\n"
    assert stat.S_IMODE((repo / "s").stat().st_mode) == 0o755


@pytest.mark.parametrize("laid", ["HEAD", "config", "refs", "info"])
def test_our_own_folders_are_not_written_through_links(
    repo: Path, backend: tuple[str, str], tmp_path: Path, laid: str
) -> None:
    target = tmp_path / "elsewhere"
    write_files(target, {"kept": "mine\n", "config": "mine\n"})
    target.chmod(0o777)
    (target / "config").chmod(0o666)
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            place = workspace.sandbox.gitdir
            to = {"config": "config", "HEAD": "made"}.get(laid, "")
            workspace.shell(f"cd {place}; rm -rf HEAD {laid}; ln -s {target}/{to} {laid}", 20)
        try:
            with run.workspace("1"):
                pass
        except Exception as e:
            assert "a snapshot could not be made" in str(e)
    assert {p.name: p.read_text() for p in target.iterdir()} == {"kept": "mine\n", "config": "mine\n"}


def test_names_and_notes_hold_no_sequences_for_the_terminal(command: Inside, repo: Path) -> None:
    command("exec", "--", "ln -s /etc/passwd \"$(printf 'x\\033]0;title\\007\\033[2J[red]y')\"")
    done = command("patch")
    assert "\x1b" not in done.stderr + done.stdout
    assert "left out x[red]y: a link to /etc/passwd" in done.stderr


HEADER = "diff --git a/{0} b/{0}\nnew file mode {1}\nindex 0000000..1111111\n--- /dev/null\n+++ b/{0}\n@@ -0,0 +1 @@\n+{2}\n\\ No newline at end of file\n"
PATCHES = {
    "a submodule": HEADER.format("sub", "160000", "Subproject commit " + "1" * 40),
    "a link up": HEADER.format("l", "120000", "../outside"),
    "a link to the root": HEADER.format("l", "120000", "/etc"),
    "a short name of .git": HEADER.format("git~1/config", "100644", "x"),
    ".git in capitals": HEADER.format("sub/.GiT/config", "100644", "x"),
    "dots within": HEADER.format("a/../../x", "100644", "x"),
    "absolute": HEADER.format("x", "100644", "x").replace("b/x", "/etc/x"),
}


@pytest.mark.parametrize("text", PATCHES.values(), ids=PATCHES)
def test_a_patch_that_plants_something_is_refused_as_a_whole(text: str) -> None:
    good = HEADER.format("fine", "100644", "x")
    assert parse(good).files == ("fine",)
    with pytest.raises(PatchError):
        parse(good + text)


def test_a_file_behind_a_link_of_the_same_patch_is_refused(repo: Path, backend: tuple[str, str]) -> None:
    text = HEADER.format("d", "120000", "sub") + HEADER.format("d/x", "100644", "evil")
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        workspace.shell("mkdir sub", 20)
        before = workspace.snapshot()
        assert not workspace.apply(parse(text)).ok
        assert workspace.snapshot() == before
