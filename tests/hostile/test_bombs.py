"""Commands that take, print or leave behind without end. Memory, files and forks are in test_limits.py."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import begun, opened
from patchwright.sandbox.base import Sandbox
from patchwright.sandbox.quota import Quota

SMALL = Quota(memory_mb=128, processes=64, disk_mb=64, file_mb=32, scratch_mb=16, open_files=200)
DAEMON = """
import os, signal, sys, time
for n in set(signal.valid_signals()) - {9, 19}:
    try: signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(2):
    if os.fork(): os._exit(0)
    os.setsid()
os.closerange(0, 64)
os.chdir('/')
open('%s/daemon', 'w').write('runs')
while True: time.sleep(100)
"""
FILLS = {
    "the snapshots' folder": "cd $GITDIR; for i in $(seq 40); do head -c 5000000 /dev/urandom > f$i; sleep 0.05; done; echo all",
    "a folder that is closed": "mkdir c; cd c; chmod 300 .; for i in $(seq 40); do head -c 5000000 /dev/urandom > f$i; sleep 0.05; done; echo all",
    "a folder that is too deep": "python3 -c \"import os, time\nfor _ in range(40): os.mkdir('d' * 200); os.chdir('d' * 200)\nfor i in range(40): open(str(i), 'wb').write(os.urandom(5000000)); time.sleep(0.05)\nprint('all')\"",
}


@pytest.fixture
def small(tmp_path: Path, backend: tuple[str, str]) -> Iterator[Sandbox]:
    with opened(tmp_path, backend, SMALL) as sandbox:
        yield sandbox
        assert sandbox.run(["echo", "alive"]).output == "alive\n"
        sandbox.run(["sh", "-c", "chmod 700 c; rm -rf c d* $GITDIR/f*"], env={"GITDIR": sandbox.gitdir})


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_the_disk_is_not_filled_where_it_is_hard_to_see(small: Sandbox, fill: str) -> None:
    done = small.run(["sh", "-c", fill], seconds=60, env={"GITDIR": small.gitdir})
    assert (done.ended, done.output) == ("disk limit 64 MiB", "")


def test_what_detaches_itself_and_ignores_signals_is_gone_with_its_command(inside: Sandbox) -> None:
    inside.run(["rm", "-f", "daemon"])
    script = DAEMON % inside.root + ""
    waits = 'python3 -c "$DAEMON"; until [ -s daemon ]; do sleep 0.02; done; grep -lz valid_signals /proc/[0-9]*/cmdline'
    done = inside.run(["sh", "-c", waits], seconds=20, env={"DAEMON": script})
    assert done.output.count("/cmdline") >= 1
    left = "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c [v]alid_signals"
    assert inside.run(["sh", "-c", left]).output == "0\n"


def test_without_a_sandbox_it_outlives_its_command(tmp_path: Path) -> None:
    script = DAEMON % tmp_path
    subprocess.run(["python3", "-c", script], check=True)
    while not (tmp_path / "daemon").exists():
        os.sched_yield()
    found = [p for p in Path("/proc").glob("[0-9]*/cmdline") if os.fsencode(str(tmp_path)) in p.read_bytes()]
    assert len(found) == 1
    os.kill(int(found[0].parent.name), 9)


def test_a_job_cannot_hide_a_daemon_from_its_end(inside: Sandbox) -> None:
    job = inside.start(["sh", "-c", "setsid sleep 61234 & setsid sleep 61234 & echo on; wait"])
    while "on" not in inside.ask(job, seconds=1).output:
        pass
    inside.ask(job, stop=True)
    inside.run(["true"])
    assert "61234" not in inside.run(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).output


def test_a_closed_output_does_not_end_the_watch(inside: Sandbox) -> None:
    done = inside.run(
        ["sh", "-c", "exec >&- 2>&- <&-; trap '' TERM INT HUP; while :; do sleep 9; done"], seconds=0.5
    )
    assert done.ended == "timed out"


def test_very_many_files_are_a_snapshot_all_the_same(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        workspace.shell("mkdir m; cd m; seq 3000 | xargs touch", 60)
        assert len(workspace.diff(workspace.base, workspace.snapshot()).files) == 3_000


def test_a_full_scratch_space_loses_no_patch(repo: Path, backend: tuple[str, str]) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        full = workspace.shell("echo x >> README.md; head -c 900000000 /dev/zero > /tmp/full", 60)
        assert "No space left" in full.output
        assert workspace.diff(workspace.base, workspace.snapshot()).files == ("README.md",)


@pytest.mark.parametrize(
    "name", ["/tmp/.patchwright-out", "$GIT/patchwright-out", "$GIT/patchwright-attributes"]
)
@pytest.mark.parametrize("laid", ["mkfifo", "mkdir", "ln -s /dev/full"])
def test_nothing_laid_in_the_way_holds_up_a_patch(repo: Path, name: str, laid: str) -> None:
    with begun(repo) as run, run.workspace("1") as workspace:
        path = name.replace("$GIT", workspace.sandbox.gitdir)
        assert workspace.shell(f"echo x >> README.md; {laid} {path}", 20).ok
        assert workspace.diff(workspace.base, workspace.snapshot()).files == ("README.md",)


def test_limits_do_not_follow_the_clock(inside: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = iter(range(0, 10**9, 10**5))
    monkeypatch.setattr(time, "time", lambda: float(next(jumps)))
    done = inside.run(["sh", "-c", "sleep 0.5; echo through"], seconds=30)
    assert (done.output, done.ended) == ("through\n", "")
    assert time.time() != time.time()
