from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import EVEN, RIGHT, TEST, WRONG, begun
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models.base import CAPABLE
from patchwright.agent.models.scripted import call
from patchwright.sandbox.workspace import Workspace
from patchwright.tools.atlas import Atlas
from patchwright.tools.base import Observation, Toolbox
from patchwright.tools.desk import Desk


class Bench:
    """Tools on a workspace, for a test."""

    def __init__(self, workspace: Workspace, desk: Desk) -> None:
        self.workspace, self.toolbox = (
            workspace,
            Toolbox([TOOLS[name] for name in CAPABLE.tools], (workspace, desk, Atlas(workspace))),
        )

    def do(self, tool: str, **args: Any) -> Observation:
        return self.toolbox.observe(call(tool, **args))

    def refuse(self, tool: str, **args: Any) -> str:
        observation = self.do(tool, **args)
        assert not observation.ok, observation.text
        return observation.text

    def text(self, tool: str, **args: Any) -> str:
        observation = self.do(tool, **args)
        assert observation.ok, observation.text
        return observation.text


@pytest.fixture
def bench(repo: Path) -> Iterator[Bench]:
    with begun(repo) as run, run.workspace("1") as workspace:
        yield Bench(workspace, Desk(workspace, lambda: TEST, run.baseline))


def test_every_tool_is_described_in_full_and_briefly(bench: Bench) -> None:
    import json

    schemas = bench.toolbox.schemas()
    assert [s["function"]["name"] for s in schemas] == [
        "read",
        "search",
        "outline",
        "edit",
        "write",
        "run",
        "start",
        "job",
        "test",
        "finish",
    ]
    assert all(s["function"]["description"] for s in schemas)
    assert "title" not in json.dumps(schemas)
    assert len(json.dumps(schemas)) < 4_800


def test_read_shows_a_window_with_numbers(bench: Bench) -> None:
    bench.workspace.write("long.txt", b"".join(b"line %d\n" % n for n in range(1, 501)))
    assert (
        bench.text("read", path="long.txt", start=499)
        == "499\tline 499\n500\tline 500\n[lines 499-500 of 500]"
    )
    assert bench.text("read", path="long.txt").endswith("[lines 1-200 of 500]")
    assert bench.text("read", path="README.md") == "1\t# stats"
    assert bench.refuse("read", path="long.txt", start=501) == "long.txt has 500 lines"


def test_read_lists_folders_and_names_what_is_near(bench: Bench) -> None:
    bench.workspace.write("pkg/sub/deep.py", b"x = 1\n")
    assert bench.text("read", path=".").split() == ["README.md", "pkg/", "stats.py", "test_stats.py"]
    assert bench.text("read", path="pkg") == "sub/"
    assert bench.refuse("read", path="deep.py") == "there is no file deep.py; there is pkg/sub/deep.py"
    assert bench.refuse("read", path="nope.py") == "there is no file nope.py"


def test_read_refuses_what_cannot_be_shown(bench: Bench) -> None:
    bench.workspace.write("b.bin", b"\0" * 100)
    assert bench.refuse("read", path="b.bin") == "b.bin is a binary file of 100 bytes"
    bench.workspace.write("stray", "é\n".encode() + b"\xff\n")
    assert bench.text("read", path="stray") == "1\té\n2\t�"


def test_read_shows_other_encodings_as_they_are_meant(bench: Bench) -> None:
    bench.workspace.write("old.txt", b"caf\xe9\n")
    assert bench.text("read", path="old.txt") == "1\tcafé\n[encoding cp1252]"
    bench.workspace.write("wide.txt", b"\xff\xfe" + "ü\r\nb".encode("utf-16-le"))
    assert bench.text("read", path="wide.txt", start=2) == "2\tb\n[lines 2-2 of 2, encoding utf-16-le]"


def test_a_form_feed_ends_no_line(bench: Bench) -> None:
    bench.workspace.write("f", b"a\x0cb\nc\n")
    assert bench.text("read", path="f", start=2) == "2\tc\n[lines 2-2 of 2]"


def test_search_finds_lines_and_says_when_there_are_none(bench: Bench) -> None:
    assert "stats.py\n8:        return s[n // 2]" in bench.text("search", pattern=r"return s\[n // \d\]")
    assert bench.text("search", pattern="median", path="stats.py") == "stats.py\n4:def median(values):"
    assert bench.text("search", pattern="nowhere") == "nothing matches 'nowhere'"
    assert bench.refuse("search", pattern="(")
    bench.workspace.write("new.py", b"median = 1\n")
    assert "new.py\n1:median = 1" in bench.text("search", pattern="median")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "/tmp/x"])
def test_no_tool_writes_outside(bench: Bench, path: str) -> None:
    assert "outside the working copy" in bench.refuse("write", path=path, text="x")


def test_run_tells_code_and_end(bench: Bench) -> None:
    assert bench.text("run", command="echo hi") == "hi"
    assert bench.text("run", command="echo hi; exit 3") == "hi\n[exit code 3]"
    assert bench.text("run", command="true") == "(no output)"
    text = bench.text("run", command="echo on; sleep 60", seconds=1)
    assert text == "on\n[timed out after 1 s; all its processes were killed]"
    assert bench.text("run", command="[[ a == a ]] && echo bash") == "bash"


def test_long_output_is_clipped_and_counted(bench: Bench) -> None:
    text = bench.text("run", command="seq 1 100000")
    assert len(text) < 10_200
    assert text.startswith("1\n2\n")
    assert "\n100000\n[all of it is in /tmp/output/output-1.txt" in text
    assert "lines (" in text
    assert bench.text("read", path="/tmp/output/output-1.txt", start=50_000, lines=1).startswith(
        "50000\t50000\n"
    )


def test_a_job_is_started_asked_after_and_stopped(bench: Bench) -> None:
    assert bench.text("start", command="echo up; sleep 600") == "job 1 is started"
    assert bench.text("job", number=1, seconds=10) == "up\n[job 1 runs]"
    assert bench.text("run", command="echo meanwhile") == "meanwhile"
    assert bench.text("job", number=1, stop=True) == "(no output)\n[job 1 ended: stopped]"
    assert bench.refuse("job", number=2) == "there is no job 2"


def test_a_limit_is_named_to_the_model(bench: Bench) -> None:
    text = bench.text(
        "run", command="dd if=/dev/zero of=/tmp/../work.big bs=1M 2>&1; head -c 2000000000 /dev/zero > big"
    )
    assert "[killed: file size limit 1024 MiB, after" in text


def test_a_command_that_is_not_visible_inside_is_explained(bench: Bench) -> None:
    bench.workspace.sandbox.hidden = ("/home/ana/bin",)
    text = bench.text("run", command="their-tool")
    assert "their-tool: command not found\n[exit code 127]" in text
    assert text.endswith("[not visible in here, though on the user's PATH: /home/ana/bin]")


def test_a_red_test_comes_back_as_assertion_frame_and_output(bench: Bench) -> None:
    bench.workspace.write(
        "test_more.py", b"import stats\ndef test_out():\n    print('seen')\n    stats.median(3)\n"
    )
    text = bench.text("test")
    assert text.startswith(
        "2 failed, 1 passed\nsince the baseline: 1 now failing: test_more.py::test_out; 1 still failing\n"
    )
    assert (
        f"FAILED {EVEN}\n  test_stats.py:9 in test_even\n    assert median([4, 1, 3, 2]) == 2.5\nE assert 2 == 2.5"
        in text
    )
    assert "  stats.py:5 in median\n    s = sorted(values)\nE TypeError: 'int' object is not iterable" in text
    assert "  printed:\n  | seen" in text
    assert "site-packages" not in text
    assert bench.text("test", target=EVEN).startswith("1 failed\n")


def test_finish_is_refused_until_the_tests_are_green_on_these_files(bench: Bench) -> None:
    assert bench.refuse("finish", summary="done") == "nothing is changed yet"
    bench.text("write", path="notes.txt", text="x\n")
    assert bench.refuse("finish", summary="done").startswith(
        "not yet: the tests are not green\n1 failed, 1 passed"
    )
    bench.text("edit", path="stats.py", old=WRONG, new=RIGHT)
    assert (
        bench.text("test") == f"2 passed\nsince the last run, and since the baseline: 1 now passing: {EVEN}"
    )
    bench.text("edit", path="stats.py", old="return s[n // 2]\n", new="return 0\n")
    assert "1 tests passed before your change and fail now" in bench.refuse("finish", summary="done")
    bench.text("edit", path="stats.py", old="return 0\n", new="return s[n // 2]\n")
    assert bench.text("finish", summary="done") == "done"


def test_finish_is_refused_where_tests_were_changed(bench: Bench) -> None:
    no = "not yet: tests may not be made weaker or got past, nor what steers them changed; undo this: test_stats.py:"
    bench.text("edit", path="test_stats.py", old="2.5", new="2")
    assert bench.refuse("finish", summary="x").startswith(f"{no}8: test_even has another assertion")
    bench.workspace.restore(bench.workspace.base)
    bench.text("run", command="git rm -q test_stats.py")
    assert bench.refuse("finish", summary="x").startswith(f"{no}4: test_odd is gone")
    bench.workspace.restore(bench.workspace.base)


def test_finish_tells_once_what_would_block_the_patch(bench: Bench) -> None:
    bench.text("edit", path="stats.py", old=WRONG, new=RIGHT)
    bench.text(
        "write", path="shop.py", text="import os\n\n\ndef remove(name):\n    os.system('rm ' + name)\n"
    )
    told = bench.refuse("finish", summary="x")
    assert "mend it if it is true: shop.py:5:" in told
    assert bench.text("finish", summary="x") == "x"


@pytest.mark.parametrize(
    ("tool", "args", "says"),
    [
        ("fly", {}, "there is no tool 'fly'; the tools are read, search, outline, edit"),
        ("read", {}, "read: path: Field required"),
        ("read", {"path": "x", "start": 0}, "read: start: Input should be greater than or equal to 1"),
        ("read", {"path": "x", "colour": 1}, "read: colour: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_call_is_told_to_the_model(bench: Bench, tool: str, args: dict[str, Any], says: str) -> None:
    assert says in bench.refuse(tool, **args)
