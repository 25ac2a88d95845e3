"""Starting processes, finding them, and ending them."""

import os
import time

try:
    # What signal adds to it are enums, whose modules take longer to import than all of ours.
    import _signal as signal  # type: ignore[import-not-found]
except ImportError:
    import signal

USUAL = [signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD, signal.SIGXFSZ]
"""Signals that this Python handles or ignores, and a command should not."""


def spawn(request, actions):
    """Start a command in a session of its own, with nothing to read and nothing to prompt at.

    posix_spawn, since a fork of this process costs several times as much.
    """
    try:
        return started(request, actions)
    except ValueError as e:  # a zero byte, or what is no character
        raise OSError(22, os.strerror(22)) from e


def started(request, actions):
    os.chdir(request["cwd"])
    program = find(request["argv"][0], request["env"].get("PATH", os.defpath))
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    return os.posix_spawn(
        program,
        request["argv"],
        request["env"],
        file_actions=[nothing, *actions],
        setsid=True,
        setsigmask=[],
        setsigdef=USUAL,
    )


def find(name, path):
    """Where a program lies, as a shell would find it."""
    if "/" in name:
        return name
    for folder in path.split(os.pathsep):
        place = os.path.join(folder or ".", name)
        if os.access(place, os.X_OK) and os.path.isfile(place):
            return place
    raise FileNotFoundError(2, os.strerror(2), name)


def failed(request, error):
    """What a shell would say and end with where a command cannot be started."""
    try:
        name = request["argv"][0] if os.path.isdir(request["cwd"]) else request["cwd"]
    except ValueError:
        name = request["cwd"]
    text = "%s: %s\n" % (name, error.strerror)
    return (127 if isinstance(error, FileNotFoundError) else 126), text.encode("utf-8", "replace")


def table():
    """Every process that can be seen: its number with its parent's, its session's and its count of threads."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as f:
                    fields = f.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if fields[0] not in (b"Z", b"X"):
                found[int(name)] = int(fields[1]), int(fields[3]), int(fields[17])
    return found


def below(roots, processes):
    """The processes that descend from `roots` or share a session with one, without the roots themselves."""
    found, sessions = set(roots), set(roots) - {os.getpid()}
    while True:
        more = {p for p, (parent, session, _) in processes.items() if parent in found or session in sessions}
        if more <= found:
            return found - set(roots)
        found |= more


class Family:
    """All that runs below the guard. `jobs` are process numbers of those that may go on between commands."""

    def __init__(self, alone):
        self.alone, self.jobs, self.dead = alone, set(), {}

    def members(self):
        """Everything but the guard itself, each with its count of threads."""
        processes = table()
        # In a process namespace of our own that is everyone else.
        found = set(processes) - {os.getpid()} if self.alone else below([os.getpid()], processes)
        return {pid: processes[pid][2] for pid in found}

    def kill(self, spare_jobs=True):
        """Kill whatever still runs."""
        if not self.reap():
            return
        if self.alone and not (spare_jobs and self.jobs):
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.settle()
            return
        for _ in range(200):
            spared = self.jobs | below(self.jobs, table()) if spare_jobs else set()
            doomed = set(self.members()) - spared
            if not doomed:
                return
            for pid in doomed:
                signal_to(pid)
            self.reap()
            time.sleep(0.001)
        if self.alone:  # it forks faster than we look: then nothing is spared
            os.kill(-1, signal.SIGKILL)

    def settle(self):
        """Wait until what was killed is gone. Something that hangs in the kernel is not waited for longer."""
        for _ in range(1000):
            self.reap()
            if not self.members():
                return
            time.sleep(0.002)

    def kill_job(self, pid):
        for _ in range(200):
            doomed = {pid} | below([pid], table())
            for one in doomed:
                signal_to(one)
            self.reap()
            if not doomed & set(table()):
                return
            time.sleep(0.001)

    def reap(self):
        """Collect dead children: their wait statuses by process number. Whether there are others.

        Orphans become our children, so that without children there is nobody else.
        """
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.dead[pid] = status

    def forget(self):
        """Drop the statuses that nobody will ask for."""
        self.dead = {pid: status for pid, status in self.dead.items() if pid in self.jobs}


def signal_to(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def exit_code(status):
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
