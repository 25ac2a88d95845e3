"""A Docker engine of the test's own that is killed and started again in the middle of things."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import part_missing
from fakes import IMAGE, opened
from patchwright.sandbox.base import SandboxDied, SandboxUnavailable
from patchwright.sandbox.docker import leftovers


class Engine:
    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"unix://{folder}/engine.sock"
        # Apart from the engine, as on a real machine: an engine that starts its own does not come back after a kill.
        paths = [f"--{name}={folder / name}" for name in ("root", "state", "address")]
        with (folder / "log").open("ab") as log:
            self.containerd = subprocess.Popen(["containerd", *paths], stdout=log, stderr=log, env=SYSTEM)

    def start(self) -> None:
        paths = [f"--{name}={self.folder / name}" for name in ("data-root", "exec-root", "pidfile")]
        alone = [
            f"--containerd={self.folder}/address",
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            f"--host={self.url}",
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["unshare", "--net", "dockerd", *paths, *alone], stdout=log, stderr=log, env=SYSTEM
            )
        while self.docker("version").returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()[-2_000:]
            time.sleep(0.1)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.containerd.terminate()
        self.containerd.wait(60)
        mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for place in sorted((m for m in mounted if m.startswith(str(self.folder))), reverse=True):
            subprocess.run(["umount", "-l", place], check=True)

    def docker(self, *words: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(["docker", "--host", self.url, *words], input=stdin, capture_output=True)


SYSTEM = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin:/sbin"}


@pytest.fixture(scope="module")
def engine(docker_image: str) -> Iterator[Engine]:
    if os.geteuid() != 0:
        part_missing("only root can start an engine")
    with TemporaryDirectory(prefix="pw") as folder:
        engine = Engine(Path(folder))
        engine.start()
        saved = subprocess.run(["docker", "save", IMAGE], capture_output=True, check=True).stdout
        assert engine.docker("load", stdin=saved).returncode == 0
        yield engine
        engine.stop()


def test_an_engine_that_is_killed_and_comes_back(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.url)
    backend = ("docker", IMAGE)
    with opened(tmp_path, backend) as sandbox:
        assert sandbox.run(["echo", "before"]).output == "before\n"
        threading.Timer(0.5, engine.kill).start()
        with pytest.raises(SandboxDied, match="docker sandbox ended unexpectedly"):
            sandbox.run(["sleep", "60"], seconds=100)
    with pytest.raises(SandboxUnavailable, match="no docker engine answers"), opened(tmp_path, backend):
        pass
    engine.start()
    with opened(tmp_path, backend) as sandbox:
        assert sandbox.run(["echo", "after"]).output == "after\n"
        assert leftovers() == []
    assert engine.docker("ps", "-aq").stdout == b""


def test_gc_removes_the_containers_of_the_dead_and_no_others(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.url)
    with opened(tmp_path, ("docker", IMAGE)) as sandbox:
        alive = engine.docker("ps", "-q", "--no-trunc").stdout.decode().strip()
        mark = engine.docker("inspect", "-f", '{{index .Config.Labels "patchwright.owner"}}', alive)
        pid, start, where = mark.stdout.decode().strip().split(" ", 2)
        others = {
            "dead": f"{pid} {int(start) + 1} {where}",
            "elsewhere": f"{pid} 1 another-boot x",
            "odd": "?",
        }
        for name, label in others.items():
            words = ("--network", "none", "--name", name, "--label", f"patchwright.owner={label}", IMAGE)
            assert engine.docker("run", "-d", *words, "sleep", "99").returncode == 0
        assert leftovers() == ["dead"]
        assert sandbox.run(["true"]).ok
    engine.docker("rm", "-f", "elsewhere", "odd")
