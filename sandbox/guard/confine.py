"""What the guard gives up before it runs anything: privileges that its commands inherit."""

import os
import sys


def harden(alone):
    """Close our /proc entries to the commands, which run as the same user and could speak in our place.

    Without a process namespace of our own, also become the parent of orphans, so that they can be killed.
    """
    try:
        import ctypes
    except ImportError:
        return
    prctl = ctypes.CDLL(None).prctl
    prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    if not alone:
        prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def limit_processes(most):
    """Bound the processes of this user namespace, which are counted apart from the user's others."""
    import resource

    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def limit_processors(most):
    """Run on some of the processors only: others each time, so that many sandboxes do not share the same ones."""
    mine = sorted(os.sched_getaffinity(0))
    if 0 < most < len(mine):
        start = int.from_bytes(os.urandom(4), "big") % len(mine)
        os.sched_setaffinity(0, [(mine + mine)[start + i] for i in range(most)])


def refuse_calls(program):
    """Put a filter of system calls over this process and all that it starts; without one, do not go on."""
    try:
        import ctypes
        import struct
    except ImportError as e:
        sys.exit("the guard needs a Python with ctypes, to refuse dangerous system calls (%s)" % e)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    code = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    # PR_SET_NO_NEW_PRIVS, without which only root may filter; PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    if prctl(38, 1, 0, 0, 0) or prctl(22, 2, described, 0, 0):
        sys.exit("the kernel takes no filter of system calls: %s" % os.strerror(ctypes.get_errno()))
