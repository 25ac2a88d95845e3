"""Sandboxes to attack from, and whom."""

from collections.abc import Iterator

import pytest
from fakes import opened
from hostile.victim import SECRET, Victim
from patchwright.sandbox.base import Sandbox


@pytest.fixture(scope="session")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    victim = Victim(tmp_path_factory.mktemp("host"))
    yield victim
    victim.close()


@pytest.fixture(scope="session", autouse=True)
def caller() -> Iterator[None]:
    """The one who starts the sandboxes has secrets in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", f"sk-{SECRET}")
        patch.setenv("DATABASE_URL", f"postgres://me:{SECRET}@db")
        patch.setenv("SSH_AUTH_SOCK", "/tmp/agent.sock")
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus")
        yield


@pytest.fixture(scope="session", params=["bubblewrap", "docker"])
def inside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that attacks of which none should destroy it share."""
    image = request.getfixturevalue("docker_image") if request.param == "docker" else ""
    with opened(tmp_path_factory.mktemp(request.param), (request.param, image)) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def unprotected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """`--sandbox host`: where the same attacks have to succeed."""
    with opened(tmp_path_factory.mktemp("unprotected"), ("host", "")) as sandbox:
        yield sandbox
