import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import IMAGE, commit, write_files
from hypothesis import settings

settings.register_profile("patchwright", deadline=None)  # a machine may be busy: no test is about time
settings.load_profile("patchwright")

KEYS = ("API_KEY", "TOKEN", "PATCHWRIGHT_", "GIT_", "VIRTUAL_ENV")


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Where the tests run in a shell's background, Ctrl-C is ignored by all that they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's: no keys, no settings, no state."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if any(word in name for word in KEYS) and name != "PATCHWRIGHT_CI":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A small repository with one failing test: the median of an even count."""
    path = tmp_path / "repo"
    write_files(path)
    commit(path, "start", first=True)
    return path


def part_missing(reason: str) -> None:
    """A user's machine may lack a part; ours may not."""
    if os.environ.get("PATCHWRIGHT_CI"):
        pytest.fail(f"in CI nothing is skipped: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def docker_image() -> str:
    """The image that Docker's tests use, where an engine is up and has it."""
    try:
        done = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, text=True)
        reason = done.stderr.strip() if done.returncode else ""
    except FileNotFoundError:
        reason = "docker is not installed"
    if reason:
        part_missing(f"no Docker: {reason} (scripts/engine starts one and builds the image)")
    return IMAGE


@pytest.fixture(scope="session")
def bare_image(docker_image: str) -> Iterator[str]:
    """The same image without Python."""
    name = "patchwright-test-bare:1"
    script = f"FROM {docker_image}\nRUN rm -rf /usr/bin/python3* /usr/lib/python3*\n"
    command = ["docker", "build", "-q", "--network", "none", "-t", name, "-"]
    env = {**os.environ, "DOCKER_BUILDKIT": "0"}
    subprocess.run(command, input=script.encode(), check=True, capture_output=True, env=env)
    yield name


@pytest.fixture(params=["bubblewrap", "docker"])
def backend(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A sandbox's name and image: everything that is tested with this is tested with both."""
    image = request.getfixturevalue("docker_image") if request.param == "docker" else ""
    return request.param, image


@pytest.fixture(params=["bubblewrap", "docker", "docker without python"])
def anywhere(request: pytest.FixtureRequest) -> tuple[str, str]:
    """As `backend`, and an image without Python too."""
    images = {"docker": "docker_image", "docker without python": "bare_image"}
    image = request.getfixturevalue(images[request.param]) if request.param in images else ""
    return request.param.split()[0], image


@pytest.fixture
def git() -> Iterator[Callable[..., str]]:
    def run(where: Path, *words: str) -> str:
        done = subprocess.run(["git", "-C", str(where), *words], capture_output=True, text=True, check=True)
        return done.stdout

    yield run
