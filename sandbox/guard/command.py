"""Running one command to its end."""

import os
import select
import time

from .output import Output
from .pipe import CHUNK
from .processes import exit_code, failed, spawn


def run(pipe, request, wake, family, watch):
    """Run a command to its end, to its deadline, to a limit, or until the host says kill."""
    source, sink = os.pipe()
    os.set_blocking(source, False)
    started = time.monotonic()
    try:
        pid = spawn(request, [(os.POSIX_SPAWN_DUP2, sink, 1), (os.POSIX_SPAWN_DUP2, sink, 2)])
    except OSError as e:
        os.close(source)
        code, text = failed(request, e)
        pipe.send({"code": code, "seconds": 0.0, "head": len(text)}, text)
        return
    finally:
        os.close(sink)
    output = Output(request.get("keep", ""))
    watch.begin()
    ended = follow(pipe, pid, source, output, wake, family, watch, started + request["seconds"])
    output.drain(source)
    family.kill()
    family.reap()
    os.close(source)
    code = exit_code(family.dead[pid])
    family.forget()
    limit, note = watch.after(code)
    kept = output.end()
    answer = {"code": code, "seconds": time.monotonic() - started, "ended": ended or limit, "note": note}
    answer.update(dropped=output.dropped, head=len(output.head), kept=kept)
    pipe.send(answer, bytes(output.head) + bytes(output.tail))


def follow(pipe, pid, source, output, wake, family, watch, deadline):
    """Take in what a command prints until it has ended; why it was ended, where it was."""
    ended, open_pipe = "", True
    while pid not in family.dead:
        watched = [pipe.source, wake] + ([source] if open_pipe else [])
        patience = min(deadline, watch.due) - time.monotonic()
        ready = select.select(watched, [], [], max(0.0, patience))[0]
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
        now = time.monotonic()
        if not ended and now >= deadline:
            ended = "timed out"
        if not ended and now >= watch.due:
            ended = watch.look()
            if ended:
                family.kill(spare_jobs=False)  # it may be theirs
        if ended:
            family.kill()
        family.reap()
    return ended
