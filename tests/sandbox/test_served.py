"""What an image without Python cannot have, and how that is said. The rest is in the contract."""

from pathlib import Path

import pytest
from fakes import commit, opened, patchwright, write_files
from patchwright.sandbox.base import JobError, SandboxUnavailable
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.probe import opener


def folders(tmp_path: Path) -> Folders:
    (tmp_path / "base").mkdir(exist_ok=True)
    return Folders(base=tmp_path / "base", work=tmp_path / "work", root="/work")


def test_it_is_said_once_that_commands_run_by_exec(tmp_path: Path, bare_image: str) -> None:
    heard: list[str] = []
    opening = opener("docker", bare_image, tell=heard.append)
    for _ in range(2):
        with opening(folders(tmp_path)) as sandbox:
            assert sandbox.run(["sh", "-c", "command -v python3"]).code == 127
    assert len(heard) == 1
    assert "has no python3: commands run by docker exec" in heard[0]


def test_jobs_and_a_way_out_are_refused_with_a_sentence(tmp_path: Path, bare_image: str) -> None:
    with opened(tmp_path, ("docker", bare_image)) as sandbox:
        with pytest.raises(JobError, match="no python3"):
            sandbox.start(["true"])
        with pytest.raises(JobError, match="no job 1"):
            sandbox.ask(1)
    (tmp_path / "s").touch()
    with pytest.raises(SandboxUnavailable, match="--network needs python3"):
        opener("docker", bare_image, network=tmp_path / "s")(folders(tmp_path))


def test_there_is_no_network_but_its_own_loopback(tmp_path: Path, bare_image: str) -> None:
    with opened(tmp_path, ("docker", bare_image)) as sandbox:
        found = sandbox.run(["sh", "-c", "cat /proc/net/dev"]).output.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in found if "lo" in line.split(":")[0]] == ["lo"]
    assert not any("eth" in line for line in found)


def test_what_a_command_leaves_behind_is_gone_with_it(tmp_path: Path, bare_image: str) -> None:
    with opened(tmp_path, ("docker", bare_image)) as sandbox:
        for _ in range(5):
            sandbox.run(["sh", "-c", "setsid sleep 8881 & sleep 8882 & (setsid sleep 8883 &) ; true"])
        left = sandbox.run(["sh", "-c", "ls -d /proc/[0-9]* | wc -l; cat /proc/[0-9]*/cmdline"]).output
    assert "sleep" not in left
    assert int(left.split()[0]) < 12


def test_a_suite_runs_in_it(repo: Path, bare_image: str) -> None:
    write_files(repo, {"check.sh": "test -f stats.py && echo fine\n"})
    commit(repo, "a check")
    words = ["--sandbox", "docker", "--image", bare_image, "--test", "sh check.sh"]
    done = patchwright(repo, "doctor", "--repo", ".", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "commands run by docker exec" in done.stderr
