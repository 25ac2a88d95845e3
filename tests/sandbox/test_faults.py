"""Broken machines: what dies is noticed, named, never shown as output, and leaves nothing behind."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import MAIN, RIGHT, begun, good_model, opened
from patchwright.agent.attempt import PARTIAL, attempt
from patchwright.agent.control import Control
from patchwright.agent.models.base import Reply
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.sandbox import docker, owner
from patchwright.sandbox.base import Sandbox, SandboxDied
from patchwright.sandbox.docker import Docker

ROUNDS = 15
MARK = f"6660{os.environ.get('PYTEST_XDIST_WORKER', '').removeprefix('gw')}"
"""Seconds that nobody waits for: what is left behind is known by them, also from what another worker runs."""


def end(sandbox: Sandbox, how: str = "kill") -> None:
    """What an operator, an out-of-memory killer or a crash does to a sandbox."""
    if isinstance(sandbox, Docker):
        container = sandbox._container.id or ""
        subprocess.run(
            ["docker", how, *(["-t", "0"] if how == "stop" else []), container], capture_output=True
        )
    else:
        os.kill(sandbox._process.pid, signal.SIGKILL)  # type: ignore[attr-defined]


def running() -> list[str]:
    """Our marked processes, wherever they run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_text().replace("\0", " ").strip())
        except OSError:
            continue
    return [line for line in found if line == f"sleep {MARK}"]


def wait_until_gone() -> None:
    deadline = time.monotonic() + 60
    while (left := running()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    wait_until_gone()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_sandbox_that_dies_at_any_moment_is_an_error_and_no_output(
    tmp_path: Path, backend: tuple[str, str], number: int
) -> None:
    when = random.Random(number).uniform(0, 0.4)
    with opened(tmp_path, backend) as sandbox:
        threading.Timer(when, end, [sandbox]).start()
        with pytest.raises(SandboxDied, match=f"the {sandbox.name} sandbox"):
            for step in range(10_000):
                sandbox.write(f"f{step % 7}", os.urandom(2_000))
                done = sandbox.run(
                    ["sh", "-c", f"echo {step}; setsid sleep {MARK} & cat f{step % 7} | wc -c"]
                )
                assert done.output == f"{step}\n2000\n"
        with pytest.raises(SandboxDied):
            sandbox.check()


@pytest.mark.parametrize("how", ["kill", "stop", "pause"])
def test_a_container_that_is_taken_away_is_named(tmp_path: Path, docker_image: str, how: str) -> None:
    with opened(tmp_path, ("docker", docker_image)) as sandbox:
        threading.Timer(0.3, end, [sandbox, how]).start()
        if how == "pause":
            assert isinstance(sandbox, Docker)
            threading.Timer(1.5, sandbox._container.unpause).start()
            assert sandbox.run(["sh", "-c", "sleep 1; echo on"], seconds=30).output == "on\n"
            return
        with pytest.raises(SandboxDied, match="docker sandbox ended unexpectedly"):
            sandbox.run(["sleep", MARK], seconds=60)


class Dying(Scripted):
    """A scripted model under which the sandbox dies before each of some answers is acted upon."""

    def __init__(self, replies: list[Reply], when: set[int], find) -> None:
        super().__init__(*replies)
        self.when, self.find, self.asked = when, find, 0

    def complete(self, *args, **kwargs) -> Reply:
        reply = super().complete(*args, **kwargs)
        self.asked += 1
        if self.asked in self.when:
            end(self.find())
        return reply


@pytest.mark.parametrize("when", [{1}, {2}, {2, 4}])
def test_a_run_survives_the_death_of_its_sandbox(
    repo: Path, backend: tuple[str, str], when: set[int]
) -> None:
    with begun(repo, backend) as run:
        seen = follow_sandboxes(run)
        said: list[str] = []
        found = attempt(run, 1, Dying(good_model(), when, lambda: seen[-1]), Control(), listen=said.append)
    assert found.verdict.verified
    assert RIGHT.strip() in found.patch.text
    assert sum("it is opened again" in text for text in said) == len(when)


def follow_sandboxes(run) -> list[Sandbox]:
    """Every sandbox that the run opens, for its first attempt's working copy, newest last."""
    seen: list[Sandbox] = []
    usual = run._open

    def opening(folders):
        sandbox = usual(folders)
        if folders.work.name == "1":
            seen.append(sandbox)
        return sandbox

    run._open = opening
    return seen


def test_a_run_whose_sandboxes_keep_dying_ends_with_the_patch_so_far(
    repo: Path, backend: tuple[str, str]
) -> None:
    replies = [*good_model()[:2], *[say(call("run", command=f"echo {n}")) for n in range(9)]]
    with begun(repo, backend) as run:
        seen = follow_sandboxes(run)
        with pytest.raises(SandboxDied):
            attempt(run, 1, Dying(replies, {3, 4, 5, 6}, lambda: seen[-1]), Control())
        assert RIGHT.strip() in (run.folder / PARTIAL).read_text()
        assert not any("unexpectedly" in line for line in run.log_path(1).read_text().splitlines())


@pytest.mark.parametrize("number", range(4))
def test_the_death_of_patchwright_leaves_no_container_and_no_process(
    repo: Path, backend: tuple[str, str], number: int
) -> None:
    where = ["--sandbox", backend[0], *(["--image", backend[1]] if backend[1] else [])]
    words = [*MAIN, "sandbox", "exec", *where, "--", f"touch begun; (setsid sleep {MARK} &); sleep {MARK}"]
    going = subprocess.Popen(words, cwd=repo)
    made_by = f"{owner.LABEL}={going.pid} {owner.started(going.pid)} {owner.namespace()}"
    while number and not (repo / "begun").exists():
        time.sleep(0.05)
    time.sleep(random.Random(number).uniform(0, 0.8))
    going.kill()
    going.wait()
    wait_until_gone()
    if backend[1]:
        deadline = time.monotonic() + 60
        while containers(made_by) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert containers(made_by) == ""
        # one that was made and not yet started when its maker died goes with the next sandbox
        docker.leftovers()
        assert containers(made_by, "--all") == ""


def containers(made_by: str, *options: str) -> str:
    asked = ["docker", "ps", "-q", *options, "--filter", f"label={made_by}"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
