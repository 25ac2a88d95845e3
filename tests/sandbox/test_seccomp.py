"""What is refused is tried for real: inside, and on the host without the filter, where the kernel answers otherwise."""

import errno
import json
import os
import platform
import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from fakes import IDENTITY, opened
from patchwright.sandbox import seccomp
from patchwright.sandbox.base import Sandbox, SandboxUnavailable
from patchwright.sandbox.quota import PACKAGE, starting

MACHINE = platform.machine()
COLUMN = seccomp.MACHINES[MACHINE].column
X86 = MACHINE == "x86_64"
CALLS = {**seccomp.REFUSED, **seccomp.WEIGHED}
NUMBERS = {name: number for name, numbers in CALLS.items() if (number := numbers[COLUMN]) is not None}
SPACES = {"mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000}
SPACES |= {"pid": 0x20000000, "net": 0x40000000}
SOCKETS = {"packet": (17, 3), "can": (29, 3), "bluetooth": (31, 3), "alg": (38, 5), "vsock": (40, 1)}
SOCKETS |= {"vsock, high bits": (40 | 1 << 32, 1), "of no family": (0, 1), "of no such family": (-1, 1)}
TERMINAL = {
    "TIOCSTI": 0x5412,
    "TIOCLINUX": 0x541C,
    "TIOCSTI, high bits": 0x5412 | 1 << 32,
    "negative": 0x5412 - (1 << 63),
}
INT80_GETPID = [0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]
WRONG = [-1] * 6
"""Arguments that nothing can come of, should the call be allowed."""

ATTEMPTS: dict[str, tuple[int, Sequence[int]]] = {
    **{name: (errno.EPERM, [NUMBERS[name], *WRONG]) for name in seccomp.REFUSED if name in NUMBERS},
    **{f"socket {n}": (errno.EPERM, [NUMBERS["socket"], *kind, 0]) for n, kind in SOCKETS.items()},
    **{f"ioctl {n}": (errno.EPERM, [NUMBERS["ioctl"], -1, request]) for n, request in TERMINAL.items()},
    **{f"clone {n}": (errno.EPERM, [NUMBERS["clone"], flag | 17, *[0] * 4]) for n, flag in SPACES.items()},
    **{f"unshare {n}": (errno.EPERM, [NUMBERS["unshare"], flag]) for n, flag in SPACES.items()},
    "unshare time": (errno.EPERM, [NUMBERS["unshare"], seccomp.NEWTIME]),
    "unshare two": (errno.EPERM, [NUMBERS["unshare"], SPACES["user"] | SPACES["net"]]),
    "clone3": (errno.ENOSYS, [NUMBERS["clone3"], 0, 0]),
}
WEIGHED = [
    *[("socket", [family], seccomp.ALLOW) for family in (1, 2, 10, 16)],
    *[("ioctl", [0, request % (1 << 64)], seccomp.EPERM) for request in TERMINAL.values()],
    *[(name, [flag | 17], seccomp.EPERM) for name in ("clone", "unshare") for flag in SPACES.values()],
    ("ioctl", [0, 0x5413], seccomp.ALLOW),
    ("clone", [0x3D0F00], seccomp.ALLOW),  # a thread, as libc makes one
    ("clone", [0x80 | 0x1200011], seccomp.ALLOW),
    ("unshare", [0x80], seccomp.EPERM),
    ("unshare", [0x600], seccomp.ALLOW),
]
TRY = """
import ctypes, json, mmap, os, sys

def call(words):
    failed = ctypes.CDLL(None, use_errno=True).syscall(*map(ctypes.c_long, words)) == -1
    return ctypes.get_errno() if failed else 0

def execute(code):
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(bytes(code))
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
    return 0

def outcome(do, words):
    pid = os.fork()
    if not pid:
        os._exit(do(words))
    status = os.waitpid(pid, 0)[1]
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

if sys.argv[3:]:
    sys.path.append(sys.argv[2])
    from guard.confine import refuse_calls
    refuse_calls(bytes.fromhex(sys.argv[3]))
do = {"call": call, "execute": execute}
print(json.dumps({name: outcome(do[how], words) for name, (how, words) in json.loads(sys.argv[1]).items()}))
"""
USUAL = {
    "threads": "import threading; t = threading.Thread(target=print); t.start(); t.join()",
    "processes": "import subprocess; subprocess.run(['sh', '-c', 'true | cat'], check=True)",
    "sessions": "import subprocess; subprocess.run(['true'], check=True, start_new_session=True, preexec_fn=int)",
    "a pool": "import multiprocessing as m; m.get_context('fork').Pool(2).map(abs, range(9))",
    "a spawned pool": "import multiprocessing as m\nif __name__ == '__main__': m.get_context('spawn').Pool(2).map(abs, [1])",
    "shared memory": "from multiprocessing.shared_memory import SharedMemory as S; s = S(create=True, size=9); s.unlink()",
    "asyncio": "import asyncio\nasync def go(): await (await asyncio.create_subprocess_exec('true')).wait()\nasyncio.run(go())",
    "sockets": "import socket as s; [s.socket(f, t) for f in (s.AF_UNIX, s.AF_INET, s.AF_INET6) for t in (1, 2)]",
    "a pair": "import socket; socket.socketpair()",
    "netlink": "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); socket.if_nameindex()",
    "loopback": "import socket as s; l = s.create_server(('127.0.0.1', 0)); s.create_connection(l.getsockname())",
    "events": "import select, os; select.epoll(); os.eventfd(0); os.memfd_create('x'); os.pidfd_open(os.getpid())",
    "signalfd": "import ctypes; assert ctypes.CDLL(None).signalfd(-1, bytes(128), 0) >= 0",
    "inotify": "import ctypes; assert ctypes.CDLL(None).inotify_init() >= 0",
    "addresses": "import ctypes; assert not ctypes.CDLL(None).getifaddrs(ctypes.byref(ctypes.c_void_p()))",
    "terminals": "import pty, termios; termios.tcgetattr(pty.openpty()[1])",
    "tracing": "import ctypes; assert not ctypes.CDLL(None).ptrace(0, 0, 0, 0)",
}
BESIDES = {
    "unshared files": "import ctypes; assert not ctypes.CDLL(None).unshare(0x600)",
    "personality": "import ctypes; assert ctypes.CDLL(None).personality(0x40000) >= 0",
}
"""Docker's own filter refuses these."""


@pytest.fixture
def sandbox(tmp_path: Path, backend: tuple[str, str]) -> Iterator[Sandbox]:
    with opened(tmp_path, backend) as sandbox:
        yield sandbox


def attempts(more: Mapping[str, tuple[str, Sequence[int]]] | None = None) -> str:
    return json.dumps({name: ("call", words) for name, (_, words) in ATTEMPTS.items()} | dict(more or {}))


def on_host(*words: str) -> dict[str, int]:
    """A new session has no terminal that vhangup could hang up."""
    become_root = [] if os.geteuid() == 0 else ["unshare", "-Urn"]
    command = [*become_root, sys.executable, "-c", TRY, *words]
    return json.loads(subprocess.run(command, check=True, capture_output=True, start_new_session=True).stdout)


def answer(steps: Sequence[tuple[int, ...]], audit: int, number: int, *words: int) -> int:
    """What the kernel would make of a call on a machine that is not this one."""
    data = struct.pack("=IIQ2Q", number, audit, 0, *[*words, 0, 0][:2])
    at, loaded = 0, 0
    while (step := steps[at])[0] != seccomp.RETURN:
        code, yes, no, value = step
        if code == seccomp.LOAD:
            loaded = struct.unpack_from("=I", data, value)[0]
        tests = {
            seccomp.EQUAL: loaded == value,
            seccomp.AT_LEAST: loaded >= value,
            seccomp.ANY_BIT: loaded & value,
        }
        at += 1 + (yes if tests.get(code) else no)
    return step[3]


def expected(added: int = 0) -> dict[str, int]:
    return {name: code + added for name, (code, _) in ATTEMPTS.items()}


def test_inside_each_of_it_is_refused(sandbox: Sandbox) -> None:
    assert json.loads(sandbox.run(["python3", "-c", TRY, attempts()]).output) == expected()


def test_without_the_filter_the_kernel_answers_otherwise() -> None:
    found = on_host(attempts())
    same = {name for name, code in expected().items() if found[name] == code}
    assert same <= (set() if os.geteuid() == 0 else set(seccomp.REFUSED))


def test_in_a_plain_container_more_would_pass(docker_image: str) -> None:
    command = ["docker", "run", "--rm", "--network=none", docker_image, "python3", "-c", TRY, attempts()]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    names = [name for name in ATTEMPTS if name.startswith("ioctl") or name == "socket can"]
    assert all(found[name] != errno.EPERM for name in names)


def test_it_is_the_filter_that_refuses_and_not_a_lack_of_privileges() -> None:
    steps = struct.iter_unpack("=HBBI", seccomp.program(MACHINE))
    marked = b"".join(
        struct.pack("=HBBI", code, yes, no, value + 100 * (code == 6 and value >> 16 == 5))
        for code, yes, no, value in steps
    )
    x32 = {"x32": ("call", [39 | seccomp.X32])} if X86 else {}
    answers = expected(added=100) | ({"x32": errno.ENOSYS + 100} if X86 else {})
    assert on_host(attempts(x32), str(PACKAGE.parent), marked.hex()) == answers


@pytest.mark.skipif(not X86, reason="conventions of x86_64")
def test_the_other_conventions_of_the_same_machine_are_closed(sandbox: Sandbox) -> None:
    words = json.dumps({"x32": ("call", [39 | seccomp.X32]), "i386": ("execute", INT80_GETPID)})
    assert json.loads(sandbox.run(["python3", "-c", TRY, words]).output) == {"x32": errno.ENOSYS, "i386": -31}
    assert on_host(words)["i386"] != -31


def test_every_process_inside_is_filtered(sandbox: Sandbox) -> None:
    for process in ("1", "self"):
        status = sandbox.run(["cat", f"/proc/{process}/status"]).output
        assert re.search(r"^NoNewPrivs:\t1$.*^Seccomp:\t2$", status, re.M | re.S)


def test_what_programs_usually_do_works(sandbox: Sandbox) -> None:
    failed: dict[str, str] = {}
    for name, script in (USUAL if sandbox.name == "docker" else USUAL | BESIDES).items():
        sandbox.write("usual.py", script.encode())  # a file, as a spawned process needs one
        done = sandbox.run(["python3", "usual.py"], seconds=30)
        failed |= {} if done.ok else {name: done.output}
    assert failed == {}


def test_a_test_run_and_a_commit_work(sandbox: Sandbox) -> None:
    sandbox.write("test_it.py", b"def test_it(tmp_path):\n    (tmp_path / 'x').touch()\n")
    assert "1 passed" in sandbox.run(["python3", "-m", "pytest", "-q"]).output
    git = " ".join(["git", *IDENTITY])
    done = sandbox.run(
        ["sh", "-ec", f"mkdir r; cd r; {git} init -q; touch x; {git} add x; {git} commit -qm x; {git} gc -q"]
    )
    assert done.ok, done.output


@pytest.mark.parametrize("machine", ["riscv64", "i686", ""])
def test_a_machine_without_a_filter_has_no_sandbox(machine: str) -> None:
    with pytest.raises(SandboxUnavailable, match="no system call filter for"):
        seccomp.program(machine)


@pytest.mark.parametrize(("machine", "foreign"), [("x86_64", 0x40000003), ("aarch64", 0x40000028)])
def test_both_programs_decide_alike_on_the_numbers_of_their_machine(machine: str, foreign: int) -> None:
    audit, column = seccomp.MACHINES[machine]
    steps = [*struct.iter_unpack("=HBBI", seccomp.program(machine))]
    weighed = {name: numbers[column] for name, numbers in seccomp.WEIGHED.items()}
    answers = {number: answer(steps, audit, number) for number in range(1_000)}
    refused = {number for number, found in answers.items() if found == seccomp.EPERM}
    assert refused == {numbers[column] for numbers in seccomp.REFUSED.values()} - {None} | {weighed["socket"]}
    assert {n for n, found in answers.items() if found == seccomp.ENOSYS} == {weighed["clone3"]}
    assert {answers[n] for n in answers if n not in refused | {weighed["clone3"]}} == {seccomp.ALLOW}
    assert answer(steps, foreign, weighed["socket"], 1) == seccomp.KILL
    for name, words, found in WEIGHED:
        assert answer(steps, audit, weighed[name], *words) == found


def test_the_numbers_are_those_of_the_systems_headers() -> None:
    headers = {"x86_64-linux-gnu/asm/unistd_64.h": 0, "asm/unistd_64.h": COLUMN, "asm-generic/unistd.h": 1}
    for path, column in ((Path("/usr/include") / name, column) for name, column in headers.items()):
        text = path.read_text() if path.exists() else ""
        known = {name: int(n) for name, n in re.findall(r"#define __NR_(\w+)\s+(\d+)\n", text)}
        ours = {name: numbers[column] for name, numbers in CALLS.items()}
        both = set(ours) & set(known)
        assert {name: ours[name] for name in both} == {name: known[name] for name in both}
        assert len(both) > 40 or not text


@pytest.mark.parametrize(
    ("surroundings", "words", "message"),
    [
        ("raise ImportError('no libffi')", "06000000", "needs a Python with ctypes.*no libffi"),
        ("", "", "takes no filter of system calls: Invalid argument"),
        ("", "00" * 8, "takes no filter of system calls: Invalid argument"),
    ],
)
def test_where_the_filter_cannot_be_had_the_guard_does_not_start(
    tmp_path: Path, surroundings: str, words: str, message: str
) -> None:
    if surroundings:
        (tmp_path / "ctypes.py").write_text(surroundings)
    first = f"import sys; sys.path.insert(0, {str(tmp_path)!r});"
    flags = [first + word if word.startswith("import") else word for word in starting(str(PACKAGE))]
    hello = b'{"op": "hello"}\n'
    done = subprocess.run(
        [sys.executable, *flags, "alone", f"filter={words}"], input=hello, capture_output=True
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert re.search(message, done.stderr.decode())
