"""The file tools, outputs and jobs, whose other side is a process inside: nothing laid in its way stops or misleads it."""

from collections.abc import Callable

import pytest
from hostile.victim import SECRET, Victim
from patchwright.sandbox.base import JobError, Sandbox

NAMES = [
    "new\nline",
    "\x1b]0;title\x07",
    "-rf",
    "--help",
    "\u202etxt.py",
    " ",
    "*",
    "a" * 255,
    "$(touch x)",
    "\\",
    "[b]",
    "é",
]
ENDLESS = [
    "/dev/zero",
    "/dev/urandom",
    "/dev/ptmx",
    "/dev/tty",
    *[f"/proc/self/fd/{n}" for n in range(3, 12)],
]
SPECIAL = [
    "/proc/self/mem",
    "/proc/1/mem",
    "/proc/kmsg",
    "/proc/kcore",
    "/dev/mem",
    "/dev/kmsg",
    "/proc/self/environ",
]


def sh(sandbox: Sandbox, script: str, **env: str) -> str:
    done = sandbox.run(["sh", "-c", script], seconds=20, env=env)
    assert done.ended == "", done
    return done.output


def outcome(do: Callable[[], object]) -> str:
    try:
        return repr(do())
    except OSError as e:
        return type(e).__name__


def listens(sandbox: Sandbox) -> bool:
    return sandbox.run(["echo", "on"]).output == "on\n"


@pytest.mark.parametrize("path", [*ENDLESS, *SPECIAL])
def test_what_is_no_file_is_not_waited_for(inside: Sandbox, path: str) -> None:
    for name in (path, "link"):
        sh(inside, f"ln -sfn {path} link")
        assert SECRET not in outcome(lambda name=name: inside.read(name, limit=1_000))
    assert listens(inside)


def test_a_pipe_that_a_job_holds_open_is_not_waited_for(inside: Sandbox) -> None:
    sh(inside, "rm -f held; mkfifo held")
    job = inside.start(["sh", "-c", "exec 3<>held; echo open; exec sleep 100"])
    while not inside.ask(job, seconds=1).output:
        pass
    assert inside.read("held") == b""
    inside.ask(job, stop=True)


@pytest.mark.parametrize("laid", ["mkfifo {}", "ln -s /tmp/elsewhere {}", "mkdir {}", "ln -s {} {}"])
def test_a_write_is_not_held_up_by_what_lies_beside_it(inside: Sandbox, laid: str) -> None:
    sh(inside, "rm -rf spot* .patchwright-*; echo old > spot")
    for name in ("spot.patchwright-1", "spot.patchwright-$$", ".patchwright-1"):
        sh(inside, laid.replace("{}", name))
    inside.write("spot", b"new")
    assert sh(inside, "stat -c %F spot; cat spot") == "regular file\nnew"


@pytest.mark.parametrize("laid", ["mkfifo {}", "ln -s /dev/full {}", "ln -s /proc/self/fd/1 {}"])
def test_an_output_is_kept_whatever_lies_in_its_place(inside: Sandbox, laid: str) -> None:
    names = " ".join(f"/tmp/output/{kind}-{n}.txt" for kind in ("output", "job") for n in range(1, 60))
    plant = f"mkdir -p /tmp/output; for f in {names}; do rm -rf $f; {laid.replace('{}', '$f')}; done"
    sh(inside, plant)
    done = inside.run(["seq", "20000"], keep=True)
    assert inside.read(done.kept).endswith(b"\n20000\n")
    job = inside.start(["sh", "-c", "echo started; exec sleep 100"])
    assert inside.ask(job, seconds=10).output == "started\n"
    sh(inside, plant)
    assert inside.ask(job, stop=True).ended == "stopped"
    sh(inside, "rm -rf /tmp/output")


def test_a_link_that_is_swapped_leads_neither_tool_out(inside: Sandbox, victim: Victim) -> None:
    home = str(victim.home)
    swap = (
        "import os, sys\nos.makedirs('safe', exist_ok=True); open('safe/.netrc', 'w').write('mine')\n"
        "print('on', flush=True)\n"
        "while True:\n"
        "    for to in ('safe', sys.argv[1], '/etc', '/tmp'):\n"
        "        os.symlink(to, 'next'); os.replace('next', 'way')\n"
    )
    sh(inside, "rm -rf way next; ln -s safe way")
    job = inside.start(["python3", "-c", swap, home])
    while "on" not in inside.ask(job, seconds=1).output:
        pass
    seen = [outcome(lambda: inside.read("way/.netrc")) for _ in range(150)]
    seen += [outcome(lambda: inside.write("way/.netrc", b"mine")) for _ in range(150)]
    inside.ask(job, stop=True)
    assert victim.harm(" ".join(seen)) == set()
    assert {"b'mine'", "None", "PermissionError"} & set(seen)


def test_without_a_sandbox_the_same_links_lead_out(unprotected: Sandbox, victim: Victim) -> None:
    sh(unprotected, "rm -rf way; ln -s $TO way", TO=str(victim.home))
    assert victim.harm(outcome(lambda: unprotected.read("way/.netrc"))) == {"told"}
    sh(unprotected, "echo evil > way/.netrc")
    assert victim.harm("") == {"changed"}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(inside: Sandbox, name: str) -> None:
    inside.write(f"names/{name}", b"content")
    assert inside.read(f"names/{name}") == b"content"
    assert sh(inside, "ls -A names | wc -c; ls names/x 2>/dev/null; rm -rf names").count("\n") == 1


@pytest.mark.parametrize(
    "path", ["self", "loop/loop/loop/x", "x" * 300, "d/" * 3_000 + "x", "file/x", "n\0ul"]
)
def test_a_path_that_cannot_be_is_refused_and_nothing_else(inside: Sandbox, path: str) -> None:
    sh(inside, "rm -rf self loop file; ln -s self self; ln -s . loop; rm -f x; touch file")
    outcomes = set()
    for do in (lambda: inside.read(path), lambda: inside.write(path, b"x")):
        try:
            do()
        except (OSError, ValueError) as e:
            outcomes.add(type(e))
    assert outcomes or path.startswith(("self", "loop"))
    assert listens(inside)


@pytest.mark.parametrize("word", ["n\0ul", "\ud800", "x" * 3_000_000])
def test_a_word_that_cannot_be_is_a_command_that_failed(inside: Sandbox, word: str) -> None:
    assert inside.run(["echo", word]).code == 126
    with pytest.raises(JobError):
        inside.start([word])
    assert listens(inside)


def test_large_files_and_lines_are_refused_or_come_whole(inside: Sandbox) -> None:
    sh(inside, "truncate -s 100M sparse; head -c 10000000 /dev/zero | tr '\\0' x > line")
    with pytest.raises(OSError, match="longer than 20000000 bytes"):
        inside.read("sparse")
    assert inside.read("line") == b"x" * 10_000_000
    sh(inside, "rm sparse line")


def test_a_set_uid_file_does_not_become_another_user_s(inside: Sandbox) -> None:
    found = sh(inside, "cp /bin/sleep s; chmod 6755 s; stat -c %u s; id -u; rm s").split()
    assert found[0] == found[1] != "0"
