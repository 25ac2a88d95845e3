"""The contract that every sandbox keeps. What one backend passes alone is in its own file."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fakes import opened
from patchwright.sandbox.base import Sandbox, SandboxDied
from patchwright.sandbox.bubblewrap import Bubblewrap


@pytest.fixture
def sandbox(tmp_path: Path, anywhere: tuple[str, str]) -> Iterator[Sandbox]:
    with opened(tmp_path, anywhere) as sandbox:
        yield sandbox


@pytest.fixture
def guarded(tmp_path: Path, backend: tuple[str, str]) -> Iterator[Sandbox]:
    """One that has Python, and so a guard."""
    with opened(tmp_path, backend) as sandbox:
        yield sandbox


def sh(sandbox: Sandbox, command: str, seconds: float = 20) -> str:
    return sandbox.run(["sh", "-c", command], seconds=seconds).output


def test_a_command_runs_in_the_working_copy(sandbox: Sandbox) -> None:
    done = sandbox.run(["pwd"])
    assert (done.output, done.code, done.ended, done.ok) == (f"{sandbox.root}\n", 0, "", True)


def test_output_keeps_the_order_of_both_streams(sandbox: Sandbox) -> None:
    assert sh(sandbox, "echo a; echo b >&2; echo c") == "a\nb\nc\n"


@pytest.mark.parametrize(("command", "code"), [("exit 3", 3), ("kill -9 $$", 137), ("true", 0)])
def test_exit_codes_are_passed_through(sandbox: Sandbox, command: str, code: int) -> None:
    assert sandbox.run(["sh", "-c", command]).code == code


def test_a_missing_command_is_a_value(sandbox: Sandbox) -> None:
    done = sandbox.run(["no-such-program"])
    assert (done.code, done.output) == (127, "no-such-program: No such file or directory\n")


def test_a_missing_folder_is_a_value(sandbox: Sandbox) -> None:
    done = sandbox.run(["true"], cwd="nowhere")
    assert done.code == 127
    assert "nowhere" in done.output


def test_stdin_is_empty(sandbox: Sandbox) -> None:
    assert sandbox.run(["cat"], seconds=5).ok


def test_the_deadline_kills_the_whole_tree_and_keeps_what_was_printed(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "echo before; (setsid sleep 777 &); sleep 777"], seconds=0.5)
    assert (done.ended, done.output) == ("timed out", "before\n")
    assert "777" not in sh(sandbox, "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f; echo; done")


def test_a_child_that_keeps_the_pipe_does_not_hold_the_command(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "sleep 777 & echo started"], seconds=10)
    assert (done.output, done.ended) == ("started\n", "")
    assert done.seconds < 9


def test_endless_output_is_bounded_and_says_so(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "echo first; yes x | head -c 9000000; echo last"], seconds=60)
    assert done.code == 0
    assert len(done.output) < 1_100_000
    assert done.left_out > 7_000_000
    assert done.output.startswith("first\n")
    assert done.output.endswith("last\n")
    assert f"{done.left_out} bytes left out" in done.output


def test_output_is_safe_to_show(sandbox: Sandbox) -> None:
    text = sh(sandbox, r"printf '\033[31mred\033[0m \033]0;title\007[/b] \377 a\rb\n\342\200\256'")
    assert text == "b\n"
    assert sh(sandbox, r"printf '\033[31mred\033[0m [/b] \377'") == "red [/b] �"


def test_another_thread_can_stop_a_command(sandbox: Sandbox) -> None:
    threading.Timer(0.5, sandbox.kill).start()
    assert sandbox.run(["sleep", "777"], seconds=60).ended == "stopped"
    assert sandbox.run(["echo", "on"]).output == "on\n"


def test_the_environment_is_clean(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PYTEST" not in sh(sandbox, "env")
    assert sandbox.run(["sh", "-c", "echo $X"], env={"X": "given"}).output == "given\n"


def test_files_are_written_and_read_as_bytes(sandbox: Sandbox) -> None:
    data = bytes(range(256)) * 20_000
    assert sandbox.write("a/b/c.bin", data) == "a/b/c.bin"
    assert sandbox.read("a/b/c.bin") == data
    assert sh(sandbox, "wc -c < a/b/c.bin").strip() == str(len(data))


def test_a_write_keeps_the_mode(sandbox: Sandbox) -> None:
    sh(sandbox, "echo > tool; chmod 755 tool; echo > plain")
    sandbox.write("tool", b"#!/bin/sh\necho ran\n")
    assert sh(sandbox, "./tool; stat -c %a tool plain") == "ran\n755\n644\n"


def test_a_write_follows_a_link_inside(sandbox: Sandbox) -> None:
    sh(sandbox, "echo old > file; ln -s file link; mkdir d; ln -s d e")
    assert sandbox.write("link", b"new") == "file"
    assert sandbox.write("e/new", b"") == "d/new"
    assert sh(sandbox, "cat file; readlink link") == "newfile\n"


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "link/outside"])
def test_a_write_outside_of_the_working_copy_is_refused(sandbox: Sandbox, path: str) -> None:
    sh(sandbox, "ln -s /tmp link")
    with pytest.raises(PermissionError):
        sandbox.write(path, b"x")


def test_reading_what_is_no_file_raises_as_open_does(sandbox: Sandbox) -> None:
    sh(sandbox, "mkdir d; mkfifo p; head -c 2000 /dev/zero > big")
    with pytest.raises(FileNotFoundError):
        sandbox.read("nope")
    with pytest.raises(IsADirectoryError):
        sandbox.read("d")
    assert sandbox.read("p") == b""
    with pytest.raises(OSError, match="longer than 1000 bytes"):
        sandbox.read("big", limit=1_000)
    with pytest.raises(IsADirectoryError):
        sandbox.write("d", b"")


def test_there_is_no_network(guarded: Sandbox) -> None:
    probe = "import socket; socket.create_connection(('1.1.1.1', 53), 3)"
    assert "unreachable" in guarded.run(["python3", "-c", probe]).output.lower()


def test_nothing_of_the_host_is_there(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    assert "hidden" not in sh(sandbox, f"cat {tmp_path}/secret /root/.ssh/* /root/.netrc; env")
    assert sh(sandbox, "ls /var/run/docker.sock 2>/dev/null") == ""


def test_the_command_is_nobody_in_particular(sandbox: Sandbox) -> None:
    assert sh(sandbox, "id -u") != "0\n"
    assert "CapEff:\t0000000000000000" in sh(sandbox, "cat /proc/self/status")


def test_only_the_working_copy_and_scratch_can_be_written(sandbox: Sandbox) -> None:
    for place in ("/", "/usr", "/etc"):
        assert not sandbox.run(["touch", f"{place}/x"]).ok
    assert sandbox.run(["sh", "-c", "touch x /tmp/x"]).ok


def test_files_come_out_with_an_owner_that_can_be_removed(sandbox: Sandbox, tmp_path: Path) -> None:
    sh(sandbox, "mkdir -p d; echo x > d/f")
    found = tmp_path / "work" / "tree" / "d" / "f"
    assert found.read_text() == "x\n"
    assert found.stat().st_uid != 0 or os.geteuid() != 0


def test_a_dead_guard_is_said_and_is_no_output(guarded: Sandbox) -> None:
    mark = str(time.monotonic_ns())[-9:]
    threading.Thread(target=kill_parent_of, args=[mark], daemon=True).start()
    with pytest.raises(SandboxDied, match="ended unexpectedly"):
        guarded.run(["sleep", mark], seconds=60)
    with pytest.raises(SandboxDied):
        guarded.run(["true"])


def test_nothing_inside_can_end_or_stop_the_guard(sandbox: Sandbox) -> None:
    sh(
        sandbox,
        "for s in 19 15 2 9; do for p in /proc/[0-9]*; do kill -$s ${p#/proc/} 2>/dev/null; done; done",
    )
    assert sandbox.run(["echo", "on"]).output == "on\n"


def test_the_channel_cannot_be_reached_from_inside(guarded: Sandbox) -> None:
    assert "Permission denied" in sh(guarded, "ls /proc/1/fd")
    assert not guarded.run(["sh", "-c", "echo forged > /proc/1/fd/1"]).ok
    assert sh(guarded, "ls -d /proc/[0-9]*").split()[0] == "/proc/1"


@pytest.mark.alone
def test_a_fork_bomb_is_stopped_and_the_sandbox_lives(sandbox: Sandbox) -> None:
    sandbox.run(["sh", "-c", "b() { b | b & }; b; sleep 3"], seconds=10)
    assert sandbox.run(["echo", "on"]).output == "on\n"


def test_closing_twice_is_fine_and_ends_everything(tmp_path: Path, anywhere: tuple[str, str]) -> None:
    mark = str(time.monotonic_ns())[-9:]
    with opened(tmp_path, anywhere) as sandbox:
        threading.Timer(0.5, sandbox.close).start()
        with pytest.raises(SandboxDied):
            sandbox.run(["sleep", mark], seconds=60)
        sandbox.close()
    assert not sleepers(mark)


def test_bubblewrap_is_left_to_end_behind_all_that_it_held(tmp_path: Path) -> None:
    with opened(tmp_path, ("bubblewrap", "")) as sandbox:
        assert isinstance(sandbox, Bubblewrap)
        sandbox.close()
        assert sandbox._process.returncode not in (None, -9)


def test_the_death_of_its_owner_ends_it(tmp_path: Path, anywhere: tuple[str, str]) -> None:
    mark = str(time.monotonic_ns())[-9:]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nfrom fakes import opened\n"
        f"with opened(Path(sys.argv[2]), {anywhere!r}) as sandbox:\n"
        f"    print('open', flush=True); sandbox.run(['sleep', '{mark}'], seconds=600)\n"
    )
    import sys

    tests = Path(__file__).parent.parent
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(tests), str(tmp_path)], stdout=subprocess.PIPE
    )
    assert owner.stdout
    assert owner.stdout.readline() == b"open\n"
    wait_until(lambda: sleepers(mark))
    owner.kill()
    owner.wait()
    owner.stdout.close()
    wait_until(lambda: not sleepers(mark))


def sleepers(mark: str) -> list[str]:
    """The processes that run `sleep` with this argument, seen from here."""
    found: list[str] = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (place / "cmdline").read_bytes().startswith(f"sleep\0{mark}".encode()):
                found.append(place.name)
    return found


def kill_parent_of(mark: str) -> None:
    wait_until(lambda: sleepers(mark))
    stat = Path(f"/proc/{sleepers(mark)[0]}/stat").read_text()
    os.kill(int(stat.rpartition(")")[2].split()[1]), 9)


def wait_until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
