"""Where the guard starts."""

import os
import select
import sys
import time

from .command import run
from .confine import harden, limit_processors, limit_resources, refuse_calls
from .files import read, write
from .jobs import Jobs
from .pipe import CHUNK, Gone, Pipe
from .processes import Family, signal
from .watch import TICK, Watch


def main():
    """Serve until the host goes. The arguments are NAME=VALUE; `root` is the working copy."""
    given = {name: value for name, _, value in (word.partition("=") for word in sys.argv[1:])}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Pipe(os.dup(0), os.dup(1))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)
    harden("alone" in given)
    limit_processors(int(given.get("cpus", 0)))
    if "filter" in given:
        refuse_calls(bytes.fromhex(given["filter"]))
    if "alone" in given and "processes" in given:
        limit_resources(given)
    if "relay" in given:  # a thread: every process is killed when a command ends
        from .relay import start

        start(given["relay"])
    family = Family("alone" in given)
    limits = {
        name: int(given[name]) for name in ("memory_mb", "disk_mb", "file_mb", "processes") if name in given
    }
    try:
        serve(
            channel,
            family,
            Watch(family, [given["root"], *filter(None, given.get("also", "").split(":"))], limits),
        )
    except (Gone, OSError):
        family.kill(spare_jobs=False)


def serve(pipe, family, watch):
    umask = os.umask(0o022)
    os.umask(umask)
    wake, waker = os.pipe()
    for fd in (wake, waker):
        os.set_blocking(fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    jobs = Jobs(family)
    while True:
        request, body = receive(pipe, wake, family, jobs, watch)
        try:
            if request["op"] == "run":
                run(pipe, request, wake, family, watch)
            elif request["op"] == "read":
                read(pipe, request)
            elif request["op"] == "write":
                write(pipe, request, body, umask)
            elif request["op"] == "start":
                jobs.start(pipe, request)
            elif request["op"] == "ask":
                jobs.ask(pipe, request)
            elif request["op"] == "hello":
                pipe.send({"pid": os.getpid()})
        except OSError as e:
            pipe.send({"errno": e.errno or 5, "error": e.strerror or str(e)})
        except (ValueError, RecursionError):  # a path with a zero byte, or with very many folders
            pipe.send({"errno": 22, "error": os.strerror(22)})


def receive(pipe, wake, family, jobs, watch):
    """The next request. Where jobs run meanwhile, they are watched."""
    while True:
        got = pipe.take()
        if got:
            return got
        if not family.jobs:
            pipe.fill()
            continue
        ready = select.select([pipe.source, wake], [], [], TICK)[0]
        if wake in ready:
            os.read(wake, CHUNK)
        if pipe.source in ready:
            pipe.fill()
        if time.monotonic() >= watch.due:
            passed = watch.look()
            if passed:
                jobs.end_all(passed)
