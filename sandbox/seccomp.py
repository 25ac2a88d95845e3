"""The system calls that a sandbox refuses, as a program that the kernel runs before each of them.

What builds and tests need stays allowed. What reaches into the kernel's rarely used parts, where most ways out of
a sandbox were found, is refused even where the lack of privileges would refuse it too. The program is classic
BPF: bwrap reads it from a file descriptor, and the guard installs it by itself in a container.
"""

import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .base import SandboxUnavailable


class Machine(NamedTuple):
    audit: int
    """AUDIT_ARCH_…: how the kernel names the convention that a call came by."""
    column: int
    """Which of a call's numbers is this machine's."""


X86_64, AARCH64 = Machine(0xC000003E, 0), Machine(0xC00000B7, 1)
MACHINES: Mapping[str, Machine] = {"x86_64": X86_64, "amd64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}
"""By the kernel's names and by those of images."""

REFUSED: Mapping[str, tuple[int, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
"""Refused whatever the arguments are. ptrace is not here: debuggers need it, and all there is to trace is inside."""

WEIGHED: Mapping[str, tuple[int, int]] = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "ioctl": (16, 29),
    "socket": (41, 198),
    "unshare": (272, 97),
}
"""Refused for some arguments; clone3 always, since its flags lie in memory, where a program cannot look."""

FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6, AF_NETLINK."""
TERMINAL = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into a terminal as its user would."""
NAMESPACES = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET."""
NEWTIME = 0x80
"""Of unshare alone: for clone, these bits are the signal at the child's end."""
X32 = 0x40000000
"""From here on, x86_64 numbers mean the x32 convention, which would pass by every other check."""

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050001, 0x00050026
CALL, ARCH, FIRST, SECOND = 0, 4, 16, 24
"""Offsets in struct seccomp_data. Of an argument only the low half is loaded, which is all the kernel looks at:
to compare both would let a call pass whose high half is not zero."""


class Step(NamedTuple):
    """One struct sock_filter. `yes` and `no` say how many steps a jump skips."""

    code: int
    value: int
    yes: int = 0
    no: int = 0


def program(machine: str) -> bytes:
    """The array of struct sock_filter for a machine. Raises SandboxUnavailable for one that it does not know."""
    if machine not in MACHINES:
        raise SandboxUnavailable(
            f"no system call filter for {machine or 'a nameless machine'}, only for {', '.join(MACHINES)}."
        )
    audit, column = MACHINES[machine]
    refused = [number for numbers in REFUSED.values() if (number := numbers[column]) is not None]
    clone, clone3, ioctl, socket, unshare = (numbers[column] for numbers in WEIGHED.values())
    steps = [
        Step(LOAD, ARCH),
        Step(EQUAL, audit, 1, 0),
        Step(RETURN, KILL),
        Step(LOAD, CALL),
        *([Step(AT_LEAST, X32, 0, 1), Step(RETURN, ENOSYS)] if audit == X86_64.audit else []),
        *among([clone3], ENOSYS),  # with EPERM libc would give up; now it falls back to clone
        *among(refused, EPERM),
        *of(ioctl, [Step(LOAD, SECOND), *among(TERMINAL, EPERM), Step(RETURN, ALLOW)]),
        *of(socket, [Step(LOAD, FIRST), *among(FAMILIES, ALLOW), Step(RETURN, EPERM)]),
        *of(clone, flags(NAMESPACES)),
        *of(unshare, flags(NAMESPACES | NEWTIME)),
        Step(RETURN, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", code, yes, no, value) for code, value, yes, no in steps)


def among(values: Iterable[int], answer: int) -> list[Step]:
    """Answer where what is loaded is one of these values."""
    *others, last = values
    jumps = [Step(EQUAL, value, len(others) - i) for i, value in enumerate(others)]
    return [*jumps, Step(EQUAL, last, 0, 1), Step(RETURN, answer)]


def of(call: int, steps: list[Step]) -> list[Step]:
    """Steps for one call alone, which have to end in an answer."""
    return [Step(EQUAL, call, 0, len(steps)), *steps]


def flags(refused: int) -> list[Step]:
    return [Step(LOAD, FIRST), Step(ANY_BIT, refused, 0, 1), Step(RETURN, EPERM), Step(RETURN, ALLOW)]
