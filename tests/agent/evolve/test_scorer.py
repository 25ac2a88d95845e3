"""Versions that would rather have a score than earn it, and those that harm what comes after them."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hill import climb, evolving, fixed, hill, returning, scores
from patchwright.agent.control import Control, Stopped
from patchwright.agent.events import Event, Proposed, Scored
from patchwright.agent.evolve import scorer
from patchwright.agent.evolve.conclusion import evolved
from patchwright.agent.evolve.measure import Measured, measure
from patchwright.agent.log import load
from patchwright.sandbox.base import SandboxDied
from patchwright.sandbox.workspace import Workspace

WORDS = "```python\ndef place({arguments}):\n{body}    return {value}\n```"


def version(body: str = "", arguments: str = "", value: object = 5) -> str:
    rows = "".join(f"    {row}\n" for row in body.splitlines())
    return WORDS.format(arguments=arguments, body=rows, value=value)


def outcomes(tmp_path: Path, *answers: str, backend: tuple[str, str] = ("bubblewrap", "")) -> list[Scored]:
    """What each answer came to; the last one is an honest version that returns 6."""
    where = {"sandbox": backend[0], "image": backend[1]}
    with evolving(hill(tmp_path), len(answers) + 1, settings=where) as run:
        climb(run, fixed(*answers, returning(6)))
        found = scores(run)[1:]
    assert (found[-1].score, found[-1].reason) == (-34, "")
    return found[:-1]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (version("print(10 ** 9)"), "print"),
        (version(arguments="at=print(10 ** 9)"), "print"),
        (version("import sys\nsys.stdout.write('1e9')"), "sys.stdout"),
        (version("from sys import stdout as s\ns.write('1e9')"), "sys.stdout"),
        (version("import os\nos.write(1, b'1e9')\nos._exit(0)"), "os._exit"),
        (version("raise SystemExit"), "SystemExit"),
        (version("import atexit"), "atexit"),
        (version("eval('1')"), "eval"),
        (version("import socket"), "socket"),
        (version("import subprocess as s\ns.run(['true'])"), "subprocess"),
    ],
)
def test_words_that_forge_a_score_are_refused_before_they_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, word: str
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it ran")

    with evolving(hill(tmp_path), 1) as run:
        monkeypatch.setattr(scorer.Scorer, "_measure", never)
        climb(run, fixed(answer))
        found = scores(run)[1]
    assert (found.score, found.reason.startswith(f"it uses {word}")) == (None, True), found.reason


def test_what_a_definition_does_already_it_may_go_on_doing(tmp_path: Path) -> None:
    loud = 'LIMIT = 9\n\n\ndef place():\n    print("here")\n    return 3\n'
    with evolving(hill(tmp_path, hill__py=loud), 1) as run:
        climb(run, fixed(version("print('there')")))
        assert scores(run)[1].score == -35


PRINT = "__build_class__.__self__.__dict__['pr' + 'int']"
"""What no list of words finds."""


def test_a_number_that_is_printed_on_import_is_not_the_score(tmp_path: Path) -> None:
    found = outcomes(tmp_path, version(arguments=f"at={PRINT}(10 ** 9)"))
    assert (found[0].score, found[0].reason) == (-35, "")


def test_ten_megabytes_of_output_are_no_matter(tmp_path: Path, backend: tuple[str, str]) -> None:
    loud = version(f"for _ in range(10):\n    {PRINT}('1' * 1_000_000)")
    assert outcomes(tmp_path, loud, backend=backend)[0].score == -35


def test_a_version_that_edits_the_scorer_is_refused_and_the_next_one_meets_it_as_it_was(
    tmp_path: Path, backend: tuple[str, str]
) -> None:
    poison = "import pathlib\npathlib.Path('top.py').write_text('TOP = 5\\n')"
    found = outcomes(
        tmp_path,
        version(poison),
        version("import pathlib\npathlib.Path('score.py').unlink()"),
        version("import shutil\nshutil.rmtree('.', ignore_errors=True)"),
        backend=backend,
    )
    assert [e.score for e in found] == [None] * 3
    assert found[0].reason == "it changes top.py"


def test_compiled_files_that_a_version_plants_are_gone_for_the_next(tmp_path: Path) -> None:
    plant = (
        "import os, pathlib, py_compile\n"
        "at = os.stat('top.py')\n"
        "pathlib.Path('other.py').write_text('TOP = 6#\\n')\n"
        "os.utime('other.py', ns=(at.st_atime_ns, at.st_mtime_ns))\n"
        "py_compile.compile('other.py', '__pycache__/top.cpython-311.pyc', dfile='top.py')\n"
        "pathlib.Path('other.py').unlink()"
    )
    see = version("import pathlib\nleft = len(list(pathlib.Path('__pycache__').glob('*')))", value="left")
    found = outcomes(tmp_path, version(plant), see)
    assert [e.score for e in found] == [-35, -40]


def test_files_and_processes_outside_of_the_working_copy_end_with_a_version(
    tmp_path: Path, backend: tuple[str, str]
) -> None:
    late = "import os\nos.posix_spawn('/bin/sh', ['sh', '-c', 'sleep 1; echo TOP = 5 > top.py'], {'PATH': '/usr/bin:/bin'})"
    litter = "import pathlib\npathlib.Path('/tmp/left').write_text('x')\npathlib.Path('/dev/shm/left').write_text('x')"
    see = version(
        "import pathlib, time\ntime.sleep(1.5)\nleft = sum(pathlib.Path(p, 'left').exists() for p in ('/tmp', '/dev/shm'))",
        value="left",
    )
    assert [e.score for e in outcomes(tmp_path, version(late), version(litter), see, backend=backend)] == [
        -35,
        -35,
        -40,
    ]


def test_nothing_is_reached_over_a_network(tmp_path: Path, backend: tuple[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        call = f"import http.client\nhttp.client.HTTPConnection('127.0.0.1', {port}, timeout=5).connect()"
        found = outcomes(tmp_path, version(call), backend=backend)
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert (found[0].score, found[0].reason.startswith("it ends with 1: ")) == (None, True), found[0].reason


def test_what_hangs_fails_or_is_no_number_has_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer, "LEAST", 2.0)
    found = outcomes(
        tmp_path,
        version("while True:\n    pass"),
        version(value="float('nan')"),
        version(value="1 / 0"),
        version(value="float('inf')"),
        version(value="'a string'"),
    )
    assert [e.score for e in found] == [None] * 5
    assert found[0].reason == "it was ended: timed out after 2 s"
    assert found[1].reason == "it prints nan"
    assert found[2].reason == "it ends with 1: ZeroDivisionError: division by zero"
    assert found[3].reason == "it prints -inf"


def test_a_sandbox_that_dies_is_opened_again_and_a_version_that_kills_it_twice_has_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = list[str]()

    def dying(workspace: Workspace, command: str, seconds: float, check: Callable[[], None]) -> Measured:
        runs.append(workspace.read("hill.py").decode())
        if "return 4" in runs[-1] or ("return 5" in runs[-1] and runs[-1] not in runs[:-1]):
            workspace.sandbox.close()
            raise SandboxDied("it is gone")
        return measure(workspace, command, seconds, check)

    monkeypatch.setattr(scorer, "measure", dying)
    found = outcomes(tmp_path, returning(4), returning(5))
    assert (found[0].score, found[0].reason) == (None, "the sandbox died twice while it ran")
    assert found[1].score == -35


def test_a_stop_ends_what_runs_and_the_version_is_scored_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = Control()

    def soon(event: Event) -> None:
        if isinstance(event, Proposed):
            threading.Timer(1.0, control.request_stop).start()

    with evolving(hill(tmp_path), 1) as run:
        with pytest.raises(Stopped):
            evolved(run, [fixed(version("while True:\n    pass"))], control, soon)
        assert [e.kind for e in load(run.log_path(1))] == ["opened", "scored", "proposed"]
        monkeypatch.setattr(scorer, "LEAST", 2.0)
        climb(run, fixed())
        assert "timed out" in scores(run)[1].reason


def test_names_of_numbers_cannot_be_made_up(tmp_path: Path) -> None:
    answer = version(f"{PRINT}('height: 10')")
    assert (
        outcomes(tmp_path, answer)[0].reason
        == "it prints height, a number without a name, the base a number without a name"
    )


def test_what_no_verdict_would_let_pass_is_no_best_version(tmp_path: Path) -> None:
    answer = version("x = nobody_knows if False else 1")
    assert outcomes(tmp_path, answer)[0].reason == "F821: Undefined name `nobody_knows`"
