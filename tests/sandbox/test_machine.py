"""What is told about a machine, from the texts that its kernel would show."""

import socket
from pathlib import Path

import pytest
from patchwright.sandbox.machine import (
    control_groups,
    engine,
    facts,
    filters,
    kernel,
    listening,
    surroundings,
    user_namespaces,
)


@pytest.mark.parametrize(
    ("release", "works", "says"),
    [
        ("6.1.0-18-amd64", True, "6.1.0-18-amd64"),
        ("5.15.153.1-microsoft-standard-WSL2", True, "WSL 2"),
        ("4.4.0-19041-Microsoft", False, "wsl --set-version"),
        ("3.10.0-1160.el7.x86_64", False, "older than 4.14"),
        ("4.14.0", True, "4.14.0"),
        ("", True, ""),
    ],
)
def test_the_kernel_s_age_and_kind(release: str, works: bool, says: str) -> None:
    found = kernel(release)
    assert (found.works, says in found.detail) == (works, True)


@pytest.mark.parametrize(
    ("texts", "works", "says"),
    [
        (("96365\n", "", ""), True, "for every user"),
        (("96365\n", "1\n", "0\n"), True, "for every user"),
        (("0\n", "1\n", ""), False, "sysctl user.max_user_namespaces"),
        (("96365\n", "0\n", ""), False, "sysctl kernel.unprivileged_userns_clone=1"),
        (("96365\n", "1\n", "1\n"), True, "AppArmor"),
        (("", "", ""), False, "CONFIG_USER_NS"),
    ],
)
def test_who_may_make_namespaces(texts: tuple[str, str, str], works: bool, says: str) -> None:
    found = user_namespaces(*texts)
    assert (found.works, says in found.detail) == (works, True)


@pytest.mark.parametrize(
    ("actions", "status", "works", "says"),
    [
        ("kill_thread trap errno allow\n", "Name:\tx\nSeccomp:\t0\n", True, "can be filtered"),
        ("kill_thread errno allow\n", "Seccomp:\t2\n", True, "over this process already"),
        ("", "Seccomp:\t0\n", True, "can be filtered"),
        ("kill_thread allow\n", "Seccomp:\t0\n", False, "errno is needed"),
        ("", "Name:\tx\n", False, "CONFIG_SECCOMP_FILTER"),
    ],
)
def test_whether_calls_can_be_filtered(actions: str, status: str, works: bool, says: str) -> None:
    found = filters(actions, status)
    assert (found.works, says in found.detail) == (works, True)


@pytest.mark.parametrize(
    ("mounts", "says"),
    [
        ("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "version 2"),
        (
            "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n",
            "version 1",
        ),
        ("proc /proc proc rw 0 0\n", "not seen"),
    ],
)
def test_which_control_groups_there_are(mounts: str, says: str) -> None:
    assert control_groups(mounts).detail.startswith(says)


@pytest.mark.parametrize(
    ("marks", "first", "environment", "says"),
    [
        ("", "0::/init.scope\n", "", "none"),
        ("/.dockerenv", "0::/\n", "", "(docker)"),
        ("/run/.containerenv", "", "", "(podman)"),
        ("", "0::/\n", "A=1\0container=lxc\0", "(lxc)"),
        ("", "4:pids:/kubepods/burstable/pod1\n", "", "(kubepods)"),
    ],
)
def test_whether_it_is_a_container(marks: str, first: str, environment: str, says: str) -> None:
    assert says in surroundings(marks, first, environment).detail


def test_a_machine_that_shows_nothing_gets_a_sentence_for_each_part() -> None:
    found = facts(lambda _: "")
    assert [fact.name for fact in found] == ["kernel", "namespaces", "seccomp", "cgroups", "container"]
    assert all(fact.detail for fact in found)


DOCKER, OWN, PODMAN = "/var/run/docker.sock", "/run/user/7", "/run/podman/podman.sock"


@pytest.mark.parametrize(
    ("env", "alive", "found"),
    [
        ({}, {DOCKER, PODMAN}, f"unix://{DOCKER}"),
        ({"XDG_RUNTIME_DIR": OWN}, {f"{OWN}/podman/podman.sock", PODMAN}, f"unix://{OWN}/podman/podman.sock"),
        ({"XDG_RUNTIME_DIR": OWN}, {f"{OWN}/docker.sock", PODMAN}, f"unix://{OWN}/docker.sock"),
        ({}, {PODMAN}, f"unix://{PODMAN}"),
        ({"DOCKER_HOST": "tcp://x"}, {DOCKER, PODMAN}, ""),
        ({}, set[str](), ""),
    ],
)
def test_the_engine_is_docker_s_else_podman_s(env: dict[str, str], alive: set[str], found: str) -> None:
    assert engine(env, lambda path: path in alive) == found


def test_a_socket_file_that_nobody_listens_at_is_no_engine(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        assert not listening(path)
        server.listen()
        assert listening(path)
    assert not listening(path)
    assert not listening(str(tmp_path / "none"))
