"""The raw floors of a sandbox: a shell that is kept open in it, and what starts it with nothing to do."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from patchwright.sandbox import bubblewrap, seccomp
from patchwright.sandbox.channel import Wire
from patchwright.sandbox.folders import Folders
from patchwright.sandbox.quota import Quota
from patchwright.sandbox.stage import Stage

END = b"bare-end-of-output\n"
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"}
MINIMAL = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "true")
"""The least that a sandbox by bubblewrap can be: its own namespaces over the host's files, read-only."""


class Shell:
    """A shell that is kept open: it reads commands for as long as it is spoken to."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def run(self, command: str) -> bytes:
        """Write a line, and read until its marker comes back."""
        self._wire.send(f"{command}\necho {END.decode()}".encode())
        data = b""
        while not data.endswith(END):
            data += self._wire.receive(60)
        return data[: -len(END)]


@contextmanager
def in_bubblewrap(folders: Folders, env: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process by patchwright's own way into bubblewrap, root dropped, with other words in the guard's place."""
    folders.make()
    stage = Stage() if os.geteuid() == 0 else None
    with bubblewrap.readable_once(seccomp.program(os.uname().machine)) as filtered:
        command = instead(bubblewrap.argv(folders, Quota(), env, filtered, stage), *words)
        with bubblewrap.start(command, stage, None, filtered) as process:
            yield process


def instead(command: Sequence[str], *words: str) -> list[str]:
    """A command line of bwrap with another program in it."""
    end = command.index("--", command.index("--seccomp"))
    return [*command[: end + 1], *words]


def start(command: Sequence[str]) -> None:
    """Run a command that does nothing to its end."""
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, env=PATH)


def docker_run(settings: Mapping[str, Any], *words: str) -> list[str]:
    """`docker run` with the settings of a container of patchwright's, and another program in it."""
    flags = ["--rm", "-i", "--read-only", "--log-driver", "none", "--network", settings["network_mode"]]
    flags += [f"--cap-drop={name}" for name in settings["cap_drop"]]
    flags += [f"--security-opt={name}" for name in settings["security_opt"]]
    flags += [f"--ulimit={u['Name']}={u['Soft']}:{u['Hard']}" for u in settings["ulimits"]]
    flags += [f"--tmpfs={place}:{options}" for place, options in settings["tmpfs"].items()]
    names = {"pids-limit": "pids_limit", "memory": "mem_limit", "memory-swap": "memswap_limit"}
    names |= {"shm-size": "shm_size", "ipc": "ipc_mode", "user": "user", "hostname": "hostname"}
    flags += [f"--{flag}={settings[name]}" for flag, name in (names | {"workdir": "working_dir"}).items()]
    flags.append(f"--cpus={settings['nano_cpus'] / 10**9:g}")
    for mount in settings["mounts"]:
        ending = ",readonly" if mount["ReadOnly"] else ""
        flags.append(f"--mount=type=bind,src={mount['Source']},dst={mount['Target']}{ending}")
    program, *rest = words
    return ["docker", "run", *flags, f"--entrypoint={program}", settings["image"], *rest]
