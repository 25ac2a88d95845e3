"""A victim to attack: a home with secrets, servers and a process on the host; and how an attack is made."""

import hashlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from fakes import commit, write_files
from patchwright.sandbox.base import Sandbox

SECRET = "s3cret-of-the-victim"
GAINED = "power was " + "gained"
"""What an attack prints that got a power rather than a text."""
FILES = {
    ".ssh/id_ed25519": f"-----BEGIN KEY----- {SECRET}\n",
    ".ssh/authorized_keys": "ssh-ed25519 AAAA me\n",
    ".aws/credentials": f"aws_secret_access_key = {SECRET}\n",
    ".netrc": f"machine example.com password {SECRET}\n",
    ".config/gh/hosts.yml": f"oauth_token: {SECRET}\n",
    ".git-credentials": f"https://me:{SECRET}@example.com\n",
    ".gnupg/private-keys-v1.d/k.key": SECRET,
    ".mozilla/firefox/logins.json": SECRET,
    ".bash_history": f"export TOKEN={SECRET}\n",
    ".bashrc": "# mine\n",
    ".profile": "# mine\n",
    ".config/autostart/mine.desktop": "[Desktop Entry]\n",
    "project/app.py": f"password = '{SECRET}'\n",
    "project-evil-twin/app.py": SECRET,
}


class Victim:
    """What attacks are after, and what they did to it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "victim"
        # A name of its own: attacks by name must not meet the victims of tests that run beside it.
        self.command = ["/bin/sleep", f"100000.{os.getpid()}"]
        write_files(self.home, FILES)
        commit(self.home / "project", "mine", first=True)
        self.open_all()
        self.socket = folder / "docker.sock"
        abstract = f"\0patchwright-{os.getpid()}"
        self.servers = [serve(socket.AF_UNIX, str(self.socket)), serve(socket.AF_UNIX, abstract)]
        tcp, udp = serve(socket.AF_INET, ("127.0.0.1", 0)), answer(("127.0.0.1", 0))
        self.servers += [tcp, udp]
        self.socket.chmod(0o666)
        self.start()
        self.env = {
            "VICTIM": str(self.home),
            "SOCKET": str(self.socket),
            "ABSTRACT": abstract[1:],
            "TCP": str(tcp.getsockname()[1]),
            "UDP": str(udp.getsockname()[1]),
            "GAINED": GAINED.replace(" ", "_"),
        }
        self.before = self.state()

    def open_all(self) -> None:
        """Whoever runs the commands may do as they like: only the sandbox is in the way."""
        for path in [self.home, *self.home.parents[:1], *self.home.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)

    def start(self) -> None:
        with (self.home / ".netrc").open() as held:
            self.process = subprocess.Popen(
                self.command,
                env={"PASSWORD": SECRET},
                stdin=held,
                cwd=self.home,
                start_new_session=True,
            )

    def state(self) -> str:
        """All of the home: names, modes, owners and bytes."""
        found = hashlib.sha256()
        for path in sorted(self.home.rglob("*")):
            about = path.lstat()
            target = os.fsencode(path.readlink()) if path.is_symlink() else b""
            data = target or (path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else b"")
            found.update(repr((str(path), about.st_mode, about.st_uid, data)).encode())
        return found.hexdigest()

    def harm(self, output: str) -> set[str]:
        """What came of an attack."""
        found = set[str]()
        if SECRET in output:
            found.add("told")
        if self.env["GAINED"] in output:
            found.add("gained")
        if self.process.poll() is not None or stopped(self.process.pid):
            found.add("killed")
        if self.state() != self.before:
            found.add("changed")
            subprocess.run(["rm", "-rf", str(self.home)], check=True)
            write_files(self.home, FILES)
            commit(self.home / "project", "mine", first=True)
            self.open_all()
            self.before = self.state()
        if found & {
            "killed",
            "changed",
        }:  # the next attack goes through the process's folder: not a deleted one
            self.process.kill()
            self.process.wait()
            self.start()
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for server in self.servers:
            server.close()


def stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def serve(family: int, address: object) -> socket.socket:
    """A server on the host that tells its secret to whoever connects."""
    server = socket.socket(family)
    server.bind(address)  # type: ignore[arg-type]
    server.listen()

    def run() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                client.sendall(SECRET.encode())
                client.shutdown(socket.SHUT_WR)
                client.settimeout(5)
                with suppress(OSError):
                    client.recv(1_000)  # closing on what was not read would take the answer back

    threading.Thread(target=run, daemon=True).start()
    return server


def answer(address: tuple[str, int]) -> socket.socket:
    """The same for datagrams."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(address)

    def run() -> None:
        while True:
            try:
                _, sender = server.recvfrom(100)
                server.sendto(SECRET.encode(), sender)
            except OSError:
                return

    threading.Thread(target=run, daemon=True).start()
    return server


class Attack(NamedTuple):
    """A script that does harm where nothing is in its way; `needs` says what the control needs for that."""

    name: str
    script: str
    harm: str = "told"
    needs: str = ""

    @property
    def argv(self) -> list[str]:
        python = self.script.lstrip().startswith(("import ", "from "))
        return ["python3" if python else "sh", "-c", self.script]


def named(attacks: list[Attack]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return pytest.mark.parametrize("attack", attacks, ids=[a.name for a in attacks])


def attempt(sandbox: Sandbox, attack: Attack, env: Mapping[str, str]) -> str:
    done = sandbox.run(attack.argv, seconds=20, env=env)
    assert done.ended == "", f"{attack.name} did not come to its end: {done}"
    return done.output


def plain(tree: Path, kind: str, argv: list[str], env: Mapping[str, str]) -> str:
    """What others call a sandbox: all of the host read-only, or a container with a volume."""
    tree.mkdir(exist_ok=True)
    weak = {
        "bwrap": ["bwrap", "--ro-bind", "/", "/", "--bind", str(tree), str(tree), "--chdir", str(tree), "--"],
        "docker": [
            *("docker", "run", "--rm", "--network=none", "-w", "/work", "-v", f"{tree}:/work"),
            *(word for name in env for word in ("-e", name)),
            "patchwright-test:1",
        ],
        "child": [],
    }
    whole = {**os.environ, **env}
    done = subprocess.run([*weak[kind], *argv], env=whole, cwd=tree, capture_output=True, text=True)
    return done.stdout + done.stderr
