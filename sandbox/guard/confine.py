"""What the guard gives up before it runs anything: privileges that its commands inherit."""

import os
import sys


def harden(alone):
    """Close our /proc entries to the commands, which run as the same user and could speak in our place.

    Without a process namespace of our own, also become the parent of orphans, so that they can be killed.
    """
    prctl = library_call("prctl")
    if not prctl:
        return
    prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    if not alone:
        prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def library_call(name):
    """A function of libc for small numbers; None without ctypes. What ctypes is built on imports in a quarter of its time."""
    try:
        from _ctypes import call_function, dlopen, dlsym
    except ImportError:
        try:
            import ctypes
        except ImportError:
            return None
        return getattr(ctypes.CDLL(None), name)
    place = dlsym(dlopen(None, 0), name)  # type: ignore[arg-type]
    return lambda *numbers: call_function(place, numbers)


def limit_resources(given):
    """Bound what a process may take. Processes are those of this user namespace, counted apart from the user's others."""
    import resource

    wanted = [(resource.RLIMIT_NPROC, int(given["processes"]))]
    if "open_files" in given:  # a container's engine sets these
        wanted += [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_MEMLOCK, 0)]
        wanted.append((resource.RLIMIT_NOFILE, int(given["open_files"])))
        wanted.append((resource.RLIMIT_FSIZE, int(given["file_mb"]) << 20))
    for kind, most in wanted:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


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
