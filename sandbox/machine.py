"""What this machine offers to sandboxes, read from the kernel's own texts; for what is missing, what would help."""

import platform
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from .base import Frozen

OLDEST = (4, 14)
"""The kernel that first sums up a process's shared memory, which the memory limit counts by."""


class Fact(Frozen):
    """One capability: whether it is there, and what to know or to do about it."""

    name: str
    works: bool
    detail: str


def facts(read: Callable[[str], str] | None = None) -> list[Fact]:
    """All that can be told without opening a sandbox."""
    text = read or contents
    release = text("/proc/sys/kernel/osrelease").strip() or platform.release()
    marks = " ".join(name for name in ("/.dockerenv", "/run/.containerenv") if Path(name).exists())
    return [
        kernel(release),
        user_namespaces(
            text("/proc/sys/user/max_user_namespaces"),
            text("/proc/sys/kernel/unprivileged_userns_clone"),
            text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        ),
        filters(text("/proc/sys/kernel/seccomp/actions_avail"), text("/proc/self/status")),
        control_groups(text("/proc/self/mounts")),
        surroundings(marks, text("/proc/1/cgroup"), text("/proc/1/environ")),
    ]


def contents(path: str) -> str:
    """A file's text; empty where there is none, or none that may be read."""
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def kernel(release: str) -> Fact:
    """The kernel's age, and whether it is Windows that plays one."""
    found = re.match(r"(\d+)\.(\d+)", release)
    if release.endswith("-Microsoft"):
        help_ = "WSL 1 has no Linux kernel and so no sandbox: wsl --set-version DISTRIBUTION 2"
        return Fact(name="kernel", works=False, detail=f"{release}: {help_}")
    if found and (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        detail = f"{release}: older than {oldest}, so the memory limit cannot be kept: update the system"
        return Fact(name="kernel", works=False, detail=detail)
    wsl = ", WSL 2" if "microsoft" in release.lower() else ""
    return Fact(name="kernel", works=True, detail=f"{release}{wsl}")


def user_namespaces(most: str, clone: str, apparmor: str) -> Fact:
    """Whether a user without privileges may make namespaces. The texts are three settings of the kernel."""
    use = "needed by bubblewrap; docker does without"
    if not most.strip():
        detail = f"this kernel has none (CONFIG_USER_NS), {use}"
    elif most.strip() == "0":
        detail = f"switched off, {use}: sysctl user.max_user_namespaces=15000 (in a container: on its host)"
    elif clone.strip() == "0":
        detail = f"only for root, {use}: sysctl kernel.unprivileged_userns_clone=1"
    elif apparmor.strip() == "1":
        detail = (
            f"only for programs that AppArmor names, {use}: sysctl "
            "kernel.apparmor_restrict_unprivileged_userns=0, or give bwrap a profile with `userns,`"
        )
        return Fact(name="namespaces", works=True, detail=detail)
    else:
        return Fact(name="namespaces", works=True, detail=f"for every user, at most {most.strip()}")
    return Fact(name="namespaces", works=False, detail=detail)


def filters(actions: str, status: str) -> Fact:
    """Whether the kernel takes filters of system calls, and whether one lies over us already."""
    mode = re.search(r"^Seccomp:\s*(\d)", status, re.MULTILINE)
    if not mode:
        detail = (
            "this kernel takes no filters of system calls (CONFIG_SECCOMP_FILTER): another kernel is needed"
        )
        return Fact(name="seccomp", works=False, detail=detail)
    if actions and "errno" not in actions.split():
        detail = f"the kernel's filters can only {actions.strip()}: errno is needed"
        return Fact(name="seccomp", works=False, detail=detail)
    over = ", and one lies over this process already" if mode[1] == "2" else ""
    return Fact(name="seccomp", works=True, detail=f"system calls can be filtered{over}")


def control_groups(mounts: str) -> Fact:
    """Which control groups there are, and by what the limits of each sandbox are kept."""
    rows = [line.split() for line in mounts.splitlines()]
    kinds = [(row[1], row[2]) for row in rows if len(row) > 2 and row[2] in ("cgroup", "cgroup2")]
    unified = ("/sys/fs/cgroup", "cgroup2") in kinds
    version = "version 2" if unified else "version 1" if any(k == "cgroup" for _, k in kinds) else "not seen"
    detail = f"{version}; docker's limits are kept by them, bubblewrap's by watching and by rlimits"
    return Fact(name="cgroups", works=True, detail=detail)


def surroundings(marks: str, first: str, environment: str) -> Fact:
    """Whether this is a container, and what has to be open in it."""
    named = re.search(r"\bcontainer=([\w.-]+)", environment)
    engines = re.search(r"docker|containerd|kubepods|libpod|lxc", f"{marks} {first}")
    if ".containerenv" in marks:
        kind = "podman"
    elif ".dockerenv" in marks:
        kind = "docker"
    else:
        kind = named[1] if named else engines[0] if engines else ""
    if not kind:
        return Fact(name="container", works=True, detail="none: this is no container")
    detail = (
        f"this is one ({kind}): where bubblewrap fails, start it with --security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
    )
    return Fact(name="container", works=True, detail=detail)


def engine(env: Mapping[str, str], answers: Callable[[str], bool]) -> str:
    """The address of the engine to use: docker's socket, a rootless docker's, podman's; empty: docker's own rules."""
    if env.get("DOCKER_HOST"):
        return ""
    own = env.get("XDG_RUNTIME_DIR", "")
    mine = [f"{own}/docker.sock", f"{own}/podman/podman.sock"] if own else []
    places = ["/var/run/docker.sock", *mine, "/run/podman/podman.sock"]
    return next((f"unix://{place}" for place in places if answers(place)), "")


def listening(path: str) -> bool:
    """Whether somebody answers at a socket who lets us in."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(path)
        except OSError:
            return False
    return True
