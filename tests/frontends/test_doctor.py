"""`doctor --repo`: what the base's tests say, before a model is asked."""

import os
from pathlib import Path

import pytest
from fakes import TEST, patchwright, write_files


def test_a_suite_that_runs_is_counted_be_it_red(repo: Path, backend: tuple[str, str], git) -> None:
    where = ["--sandbox", backend[0], *(["--image", backend[1]] if backend[1] else [])]
    done = patchwright(repo.parent, "doctor", "--repo", str(repo), "--test", TEST, *where)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"ok    command      {TEST}\n" in done.stdout
    assert "ok    tests        1 passed, 1 failed, in " in done.stdout
    assert f"ok    sandbox      {backend[0]}, " in done.stdout
    assert git(repo, "status", "--short") == ""
    assert not list((Path(os.environ["XDG_STATE_HOME"]) / "patchwright" / "runs").iterdir())


def test_the_command_is_found_from_the_project_s_files(repo: Path) -> None:
    done = patchwright(repo, "doctor", "--repo", ".")
    assert (done.returncode, " -m pytest\n" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("no-such-runner", "could not be started: sh: line 1: no-such-runner: command not found"),
        ("python3 -m pytest nowhere", "the test runner refused its command line"),
        ("python3 -m pytest stats.py", "no tests were found"),
    ],
)
def test_a_suite_that_does_not_run_is_said_with_what_would_help(repo: Path, test: str, says: str) -> None:
    done = patchwright(repo, "doctor", "--repo", ".", "--test", test)
    assert done.returncode == 4
    assert says.replace("sh: line 1: ", "") in done.stdout.replace("bash: line 1: ", "")
    assert "--test" in done.stdout
    assert "not ready" in done.stderr


def test_no_command_and_no_sandbox_are_said_too(tmp_path: Path, repo: Path) -> None:
    for path in repo.glob("*.py"):
        path.unlink()
    write_files(repo, {"README.md": "# nothing to test\n"})
    none = patchwright(repo, "doctor", "--repo", ".")
    assert (none.returncode, "names no test command: name one with --test" in none.stdout) == (4, True)
    dead = {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    down = patchwright(repo, "doctor", "--repo", ".", "--sandbox", "docker", "--image", "x", env=dead)
    assert (down.returncode, "FAIL  sandbox      no docker engine answers" in down.stdout) == (4, True)


def test_a_wrong_folder_is_the_input_s_fault(tmp_path: Path) -> None:
    assert patchwright(tmp_path, "doctor", "--repo", str(tmp_path / "no")).returncode == 2
