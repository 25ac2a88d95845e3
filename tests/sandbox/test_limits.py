"""A command that wants too much: it is ended or refused, the sandbox lives on, and the limit is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import opened
from patchwright.sandbox.base import JobError, Sandbox
from patchwright.sandbox.quota import Quota

SMALL = Quota(memory_mb=128, processes=64, disk_mb=64, file_mb=32, scratch_mb=16, open_files=100)


@pytest.fixture
def sandbox(tmp_path: Path, backend: tuple[str, str]) -> Iterator[Sandbox]:
    with opened(tmp_path, backend, SMALL) as sandbox:
        yield sandbox
        assert sandbox.run(["echo", "alive"]).output == "alive\n"


HOG = "import sys, time\nheld = []\nfor _ in range(40):\n    held.append(bytearray(b'x' * (20 << 20)))\n    time.sleep(0.02)\nprint('had all')"


def test_too_much_memory_ends_the_command(sandbox: Sandbox) -> None:
    done = sandbox.run(["python3", "-c", HOG], seconds=60)
    assert (done.code, done.ended) == (137, "memory limit 128 MiB")
    assert "had all" not in done.output


def test_memory_counts_also_where_a_process_hides_how_much_it_has(sandbox: Sandbox) -> None:
    hide = "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n"
    done = sandbox.run(["python3", "-c", hide + HOG], seconds=60)
    assert (done.code, done.ended) == (137, "memory limit 128 MiB")


def test_memory_counts_for_all_processes_together(sandbox: Sandbox) -> None:
    part = "import time; held = b'x' * (30 << 20); time.sleep(20)"
    done = sandbox.run(
        ["sh", "-c", f'for i in 1 2 3 4 5 6 7 8; do python3 -c "{part}" & done; wait'], seconds=60
    )
    assert "memory limit 128 MiB" in done.ended + done.note


def test_memory_that_is_shared_counts_once(sandbox: Sandbox) -> None:
    shared = "import os, time\nheld = b'x' * (40 << 20)\nfor _ in range(10):\n    if not os.fork():\n        time.sleep(1)\n        os._exit(0)\nfor _ in range(10):\n    os.wait()\nprint('fine')"
    assert sandbox.run(["python3", "-c", shared], seconds=60).output == "fine\n"


@pytest.mark.alone
def test_a_fork_bomb_meets_its_limit_and_is_gone_afterwards(sandbox: Sandbox) -> None:
    done = sandbox.run(["bash", "-c", "bomb() { bomb | bomb & sleep 9; }; bomb; sleep 9"], seconds=5)
    assert done.note == "it met the limit of 64 processes"
    assert sandbox.run(["sh", "-c", "ls -d /proc/[0-9]* | wc -l"]).output.strip() in ("3", "4")


def test_a_file_that_grows_too_large_is_named(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "exec dd if=/dev/zero of=big bs=1M count=100"], seconds=60)
    assert (done.code, done.ended) == (153, "file size limit 32 MiB")
    assert sandbox.run(["stat", "-c", "%s", "big"]).output == f"{32 << 20}\n"


def test_too_much_on_the_disk_ends_the_command(sandbox: Sandbox) -> None:
    fill = "for i in $(seq 100); do head -c 10000000 /dev/urandom > f$i; sleep 0.05; done; echo all"
    done = sandbox.run(["sh", "-c", fill], seconds=60)
    assert (done.ended, done.output) == ("disk limit 64 MiB", "")


def test_scratch_space_and_open_files_are_bounded(sandbox: Sandbox) -> None:
    assert "No space left" in sandbox.run(["sh", "-c", "head -c 30000000 /dev/zero > /tmp/f"]).output
    assert (
        "Too many open files"
        in sandbox.run(["python3", "-c", "l = [open('/etc/passwd') for _ in range(200)]"]).output
    )


def test_a_long_output_is_kept_whole_in_a_file(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "seq 200000"], keep=True)
    whole = "".join(f"{n}\n" for n in range(1, 200_001)).encode()
    assert done.kept == "/tmp/output/output-1.txt"
    assert sandbox.read(done.kept) == whole
    assert sandbox.run(["echo", "short"], keep=True).kept == ""
    assert sandbox.run(["sh", "-c", "seq 200000"]).kept == ""


def test_of_endless_outputs_as_much_is_kept_as_fits(sandbox: Sandbox) -> None:
    for _ in range(3):
        done = sandbox.run(["sh", "-c", "yes abcdefghi | head -c 30000000"], keep=True, seconds=60)
        assert done.code == 0
        assert done.left_out > 20_000_000


def test_a_job_goes_on_while_other_commands_run(sandbox: Sandbox) -> None:
    job = sandbox.start(["sh", "-c", "echo up; while [ ! -e go ]; do sleep 0.02; done; echo went; exit 3"])
    first = sandbox.ask(job, seconds=10)
    assert (first.running, first.output) == (True, "up\n")
    assert sandbox.run(["touch", "go"]).ok
    while (last := sandbox.ask(job, seconds=10)).running:
        assert last.output in ("", "went\n")
    assert last.code == 3
    assert sandbox.read(last.kept) == b"up\nwent\n"


def test_a_job_and_its_children_can_be_stopped(sandbox: Sandbox) -> None:
    job = sandbox.start(["sh", "-c", "sleep 7771 & echo up; sleep 7772"])
    assert sandbox.ask(job, seconds=10).output == "up\n"
    look = "until cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -q 'sleep 777[1]'; do sleep 0.05; done"
    assert sandbox.run(["sh", "-c", look], seconds=30).ok
    found = sandbox.ask(job, stop=True)
    assert (found.running, found.ended) == (False, "stopped")
    assert "sleep 777" not in sandbox.run(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).output


def test_a_job_does_not_shelter_what_a_command_leaves_behind(sandbox: Sandbox) -> None:
    job = sandbox.start(["sleep", "60"])
    sandbox.run(["sh", "-c", "setsid sleep 8881 & sleep 8882 & true"])
    assert "sleep 888" not in sandbox.run(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).output
    assert sandbox.ask(job).running


def test_a_job_that_takes_too_much_is_ended_also_between_commands(sandbox: Sandbox) -> None:
    job = sandbox.start(["python3", "-c", f"import time; time.sleep(0.3)\n{HOG}"])
    while (found := sandbox.ask(job, seconds=1)).running:
        pass
    assert found.code == 137
    assert "had all" not in found.output


def test_what_cannot_be_a_job_is_said(sandbox: Sandbox) -> None:
    with pytest.raises(JobError, match="there is no job 7"):
        sandbox.ask(7)
    with pytest.raises(JobError, match="no-such: No such file"):
        sandbox.start(["no-such"])
    for _ in range(8):
        sandbox.start(["sleep", "60"])
    with pytest.raises(JobError, match="8 jobs run already"):
        sandbox.start(["sleep", "60"])
