"""The process that lives inside a sandbox and does what it is told over stdin and stdout.

It is started as a script by whatever Python the sandbox has (3.8 or newer), so it imports nothing but the
standard library. A message is one line of JSON, followed by as many bytes as its `size` says. The host sends
one request at a time, except `kill`, which may come while a command runs. When stdin ends, the host is gone:
everything is killed and the guard leaves, which ends the sandbox.
"""

import json
import os
import select
import signal
import sys
import time

HEAD = 400_000
TAIL = 600_000
CHUNK = 65_536


class Gone(Exception):
    """The host has closed the channel."""


class Pipe:
    """Messages over two file descriptors."""

    def __init__(self, source, sink):
        self.source, self.sink, self.buffer = source, sink, b""

    def fill(self):
        data = os.read(self.source, CHUNK)
        if not data:
            raise Gone
        self.buffer += data

    def take(self):
        """The next (message, body) if it is complete, else None."""
        line, newline, rest = self.buffer.partition(b"\n")
        if not newline:
            return None
        message = json.loads(line.decode())
        size = message.get("size", 0)
        if len(rest) < size:
            return None
        self.buffer = rest[size:]
        return message, rest[:size]

    def receive(self):
        while True:
            got = self.take()
            if got:
                return got
            self.fill()

    def send(self, message, body=b""):
        data = memoryview(json.dumps(dict(message, size=len(body))).encode() + b"\n" + body)
        while data:
            data = data[os.write(self.sink, data) :]


class Output:
    """The head and the tail of what a command printed; the middle of an endless one is dropped."""

    def __init__(self):
        self.head, self.tail, self.dropped = bytearray(), bytearray(), 0

    def add(self, data):
        room = HEAD - len(self.head)
        self.head += data[:room] if room > 0 else b""
        self.tail += data[room:] if room > 0 else data
        if len(self.tail) > 2 * TAIL:
            self.trim()

    def trim(self):
        extra = len(self.tail) - TAIL
        if extra > 0:
            del self.tail[:extra]
            self.dropped += extra

    def drain(self, source):
        """Take what is there now; never wait for a background process that keeps the pipe open."""
        while True:
            try:
                data = os.read(source, CHUNK)
            except BlockingIOError:
                return
            if not data:
                return
            self.add(data)


def spawn(request, sink):
    """Start the command in a session of its own, with nothing to read and nothing to prompt at.

    posix_spawn, since a fork of this process costs several times as much.
    """
    os.chdir(request["cwd"])
    program = find(request["argv"][0], request["env"].get("PATH", os.defpath))
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, sink, 1),
        (os.POSIX_SPAWN_DUP2, sink, 2),
    ]
    usual = [signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD]
    return os.posix_spawn(
        program,
        request["argv"],
        request["env"],
        file_actions=actions,
        setsid=True,
        setsigmask=[],
        setsigdef=usual,
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


def descendants():
    """Every process below this one, children first."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as f:
                    parents.setdefault(int(f.read().rpartition(b")")[2].split()[1]), []).append(int(name))
            except OSError:
                continue
    found, todo = [], [os.getpid()]
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


def kill_all(alone, dead):
    """Kill whatever still runs: in a process namespace of our own that is everyone else."""
    if alone:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return
    for _ in range(100):
        below = descendants()
        if not below:
            return
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        reap(dead)
        time.sleep(0.001)


def reap(dead):
    """Collect dead children: their wait statuses by process id."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        dead[pid] = status


def run(pipe, request, wake, alone):
    """Run one command to its end, to its deadline, or until the host says kill."""
    source, sink = os.pipe()
    os.set_blocking(source, False)
    output, started, ended = Output(), time.monotonic(), ""
    deadline = started + request["seconds"]
    try:
        pid = spawn(request, sink)
    except OSError as e:
        os.close(source)
        name = request["argv"][0] if os.path.isdir(request["cwd"]) else request["cwd"]
        text = ("%s: %s\n" % (name, e.strerror)).encode("utf-8", "replace")
        code = 127 if isinstance(e, FileNotFoundError) else 126
        pipe.send({"code": code, "seconds": 0.0, "ended": "", "dropped": 0, "head": len(text)}, text)
        return
    finally:
        os.close(sink)
    dead, open_pipe = {}, True
    while pid not in dead:
        watched = [pipe.source, wake] + ([source] if open_pipe else [])
        ready = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))[0]
        if source in ready:
            data = os.read(source, CHUNK)
            open_pipe = bool(data)
            output.add(data)
        if wake in ready:
            os.read(wake, CHUNK)
        if pipe.source in ready:
            pipe.fill()
            got = pipe.take()
            if got and got[0]["op"] == "kill":
                ended = "stopped"
        if not ended and time.monotonic() >= deadline:
            ended = "timed out"
        if ended:
            kill_all(alone, dead)
        reap(dead)
    output.drain(source)
    kill_all(alone, dead)
    reap(dead)
    os.close(source)
    output.trim()
    status = dead[pid]
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    took = time.monotonic() - started
    answer = {
        "code": code,
        "seconds": took,
        "ended": ended,
        "dropped": output.dropped,
        "head": len(output.head),
    }
    pipe.send(answer, bytes(output.head) + bytes(output.tail))


def read(pipe, request):
    """Send a regular file, up to `limit` bytes of it."""
    with open(request["path"], "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK)) as f:
        data = f.read(request["limit"] + 1)
    pipe.send({"more": len(data) > request["limit"]}, data[: request["limit"]])


def write(pipe, request, body):
    """Replace a file's bytes in one step, keeping its mode; a new file's folders are made."""
    path = os.path.realpath(request["path"])
    inside = os.path.realpath(request["within"])
    if path != inside and not path.startswith(inside.rstrip("/") + "/"):
        raise PermissionError(1, "outside the working copy", request["path"])
    if os.path.isdir(path):
        raise IsADirectoryError(21, os.strerror(21), request["path"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o666 & ~UMASK
    spare = "%s.patchwright-%d" % (path, os.getpid())
    try:
        with open(spare, "wb") as f:
            f.write(body)
        os.chmod(spare, mode)
        os.replace(spare, path)
    except OSError:
        if os.path.exists(spare):
            os.unlink(spare)
        raise
    pipe.send({})


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


def lead_out(place):
    """Start the relay to the proxy outside, as a thread: every process is killed when a command ends."""
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    import relay

    relay.start(place)


def serve(pipe, alone):
    wake, waker = os.pipe()
    for fd in (wake, waker):
        os.set_blocking(fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    while True:
        request, body = pipe.receive()
        try:
            if request["op"] == "run":
                run(pipe, request, wake, alone)
            elif request["op"] == "read":
                read(pipe, request)
            elif request["op"] == "write":
                write(pipe, request, body)
            elif request["op"] == "hello":
                pipe.send({"pid": os.getpid()})
        except OSError as e:
            pipe.send({"errno": e.errno or 5, "error": e.strerror or str(e)})


UMASK = os.umask(0o022)
os.umask(0o022)

if __name__ == "__main__":
    OUT = sys.argv.pop()[8:] if sys.argv[-1].startswith("--relay=") else ""
    ALONE = "alone" in sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    CHANNEL = Pipe(os.dup(0), os.dup(1))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    harden(ALONE)
    if sys.argv[2:]:
        limit_processes(int(sys.argv[2]))
    if OUT:
        lead_out(OUT)
    try:
        serve(CHANNEL, ALONE)
    except (Gone, OSError):
        kill_all(ALONE, {})
