"""Commands that go on while others run: started, asked after, stopped."""

import os
import time

from .files import fresh
from .pipe import CHUNK
from .processes import exit_code, failed, spawn

MOST = 8


class Jobs:
    """The jobs of a sandbox by their number. A job that has ended keeps its output and its exit code."""

    def __init__(self, family):
        self.family, self.jobs = family, {}

    def start(self, pipe, request):
        if sum(1 for job in self.jobs.values() if self.alive(job)) >= MOST:
            pipe.send({"problem": "%d jobs run already: stop one first" % MOST})
            return
        number = len(self.jobs) + 1
        path = "%s/job-%d.txt" % (request["keep"], number)
        try:
            file = fresh(path)
        except OSError as e:
            pipe.send({"problem": "%s: %s" % (path, e.strerror)})
            return
        try:
            pid = spawn(request, [(os.POSIX_SPAWN_DUP2, file, 1), (os.POSIX_SPAWN_DUP2, file, 2)])
        except OSError as e:
            os.close(file)
            pipe.send({"problem": failed(request, e)[1].decode().strip()})
            return
        self.jobs[number] = {"pid": pid, "path": path, "file": file, "read": 0, "code": None, "ended": ""}
        self.family.jobs.add(pid)
        pipe.send({"job": number})

    def alive(self, job):
        self.family.reap()
        if job["code"] is None and job["pid"] in self.family.dead:
            job["code"] = exit_code(self.family.dead.pop(job["pid"]))
            self.family.jobs.discard(job["pid"])
        return job["code"] is None

    def ask(self, pipe, request):
        """Send what a job has printed since it was last asked after; wait for some, or for its end, if told to."""
        job = self.jobs.get(request["job"])
        if not job:
            pipe.send({"problem": "there is no job %s" % request["job"]})
            return
        if request.get("stop") and self.alive(job):
            self.family.kill_job(job["pid"])
            job["ended"] = "stopped"
        deadline = time.monotonic() + request.get("seconds", 0)
        while self.alive(job) and self.size(job) <= job["read"] and time.monotonic() < deadline:
            time.sleep(0.02)
        running = self.alive(job)
        data, left = self.read(job)
        answer = {"running": running, "code": job["code"] or 0, "ended": job["ended"], "kept": job["path"]}
        pipe.send(dict(answer, dropped=left), data)

    def size(self, job):
        return os.fstat(job["file"]).st_size if job["file"] is not None else job["read"]

    def read(self, job):
        """What is new in the output, up to a chunk of its end, and how many bytes before that are left out.

        By the descriptor, not the name, under which a command could have laid something else.
        """
        size = max(self.size(job), job["read"])
        start = max(job["read"], size - CHUNK)
        left, job["read"] = start - job["read"], size
        data = os.pread(job["file"], size - start, start) if size > start else b""
        if job["code"] is not None and job["file"] is not None:
            os.close(job["file"])
            job["file"] = None
        return data, left

    def end_all(self, why):
        """What passes a limit while no command runs takes all jobs down."""
        for job in self.jobs.values():
            if self.alive(job):
                job["ended"] = why
        self.family.kill(spare_jobs=False)
