"""Reports and outputs that no honest runner leaves: each is a problem that is named, and none is a green run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FILES, RIGHT, WRONG, begun, write_files
from patchwright.sandbox.workspace import Workspace
from patchwright.verify.runners import RUNNERS, junit
from patchwright.verify.runners import pytest as reader
from patchwright.verify.runners.javascript import jest
from patchwright.verify.runners.runner import FOLDER, Place
from patchwright.verify.suite import Suite

REPORT = f"{FOLDER}/pytest.xml"
CUT = "the test report is cut off, or is no report"
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE bomb [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + ']>\n<testsuites><testcase name="t">&a11;</testcase></testsuites>'
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuites><testcase name="&e;"/></testsuites>'
)


@pytest.fixture
def workspace(repo: Path) -> Iterator[Workspace]:
    """A workspace in which all tests pass."""
    write_files(repo, {"stats.py": FILES["stats.py"].replace(WRONG, RIGHT)})
    with begun(repo) as run, run.workspace("1") as workspace:
        yield workspace


def after_the_tests(workspace: Workspace, script: str, seconds: float = 60) -> tuple[str, bool]:
    """Run the tests, and let hostile code do something when they are over; the problem, and whether it is green."""
    found = Suite(workspace, f"python3 -m pytest; {script}", seconds).run()
    return found.problem, found.green


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (f"truncate -s 200 {REPORT}", f"{CUT}: "),
        (f": > {REPORT}", f"{CUT}: no element found"),
        (f"head -c 1000000 /dev/urandom > {REPORT}", f"{CUT}: "),
        (f"cat bomb.xml > {REPORT}", f"{CUT}: it declares a document type, which no runner does"),
        (f"iconv -t UTF-16 bomb.xml > {REPORT}", f"{CUT}: it declares a document type, which no runner does"),
        (f"cat outside.xml > {REPORT}", f"{CUT}: it declares a document type, which no runner does"),
        (f"head -c 80000000 /dev/zero > {REPORT}", f"{CUT}: "),
        (
            f"sed -i 's|</testsuites>||' {REPORT}; yes '<!-- -->' | head -c 40000000 >> {REPORT}",
            f"{CUT}: ",
        ),
    ],
)
def test_a_report_that_is_none_is_a_problem(workspace: Workspace, script: str, problem: str) -> None:
    workspace.write("bomb.xml", BOMB.encode())
    workspace.write("outside.xml", OUTSIDE.encode())
    said, green = after_the_tests(workspace, script)
    assert said.startswith(problem)
    assert not green


@pytest.mark.parametrize(
    "script",
    [
        f"rm {REPORT}; mkfifo {REPORT}",
        f"rm {REPORT}; ln -s /dev/zero {REPORT}",
        f"mv {REPORT} /tmp/mine.xml; ln -s /tmp/mine.xml {REPORT}",
        f"rm -r {FOLDER}; ln -s / {FOLDER}",
        f"rm {REPORT}; mkdir {REPORT}",
        f"rm {REPORT}; ln -s /dev/zero {FOLDER}.all",
    ],
)
def test_what_is_no_plain_file_is_not_read_and_nothing_waits_for_it(
    workspace: Workspace, script: str
) -> None:
    found = Suite(workspace, f"python3 -m pytest; {script}").run()
    assert found.outcomes == {}


def test_a_report_may_not_claim_more_than_the_run_itself_counted(workspace: Workspace) -> None:
    forged = '<testcase classname="test_stats" name="test_more" file="test_stats.py"/>'
    script = f"sed -i 's|<testcase |{forged}<testcase |' {REPORT}"
    said, green = after_the_tests(workspace, script)
    assert said == "the test report names 3 passed tests, and pytest itself counts 2"
    assert not green


def test_a_command_that_hangs_is_named_and_what_it_printed_is_kept(workspace: Workspace) -> None:
    found = Suite(workspace, "echo begun; sleep 60", seconds=1).run()
    assert (found.problem, found.output, found.green) == (
        "the test run timed out after 1 s",
        "begun\n",
        False,
    )


def test_the_counts_are_right_however_much_is_printed(workspace: Workspace) -> None:
    noise = "import os\n\n\ndef test_noise(capfd):\n    with capfd.disabled():\n        for _ in range(3000):\n            os.write(1, b'x' * 99_999 + b'\\n')\n"
    workspace.write("test_noise.py", noise.encode())
    found = Suite(workspace, "python3 -m pytest").run()
    assert sorted(found.outcomes.values()) == ["passed"] * 3
    assert found.green
    assert len(found.output) < 2_000_000


def test_a_long_text_is_read_whole_where_only_the_text_tells(workspace: Workspace) -> None:
    lines = "".join(f"    def test_{n}(self):\n        print('y' * 4000)\n" for n in range(400))
    workspace.write("test_long.py", f"import unittest\n\n\nclass Long(unittest.TestCase):\n{lines}".encode())
    found = Suite(workspace, "python3 -m unittest test_long").run()
    assert list(found.outcomes.values()) == ["passed"] * 400
    assert len(found.output) < 1_200_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'{"testResults": 3}',
        b'{"testResults": [3, {"assertionResults": [null, {"status": []}]}]}',
        b"[" * 100_000,
        b'{"testResults": [{"name": "\\ud800", "status": "failed"}]}',
    ],
)
def test_json_of_another_shape_breaks_nothing(data: bytes) -> None:
    found = jest(data, Place("/work"))
    assert "passed" not in found.outcomes.values()


def test_deep_xml_breaks_nothing() -> None:
    every, problem = junit.cases(b"<testcase>" + b"<a>" * 200_000)
    assert (every, problem.startswith(CUT)) == ([], True)
    deep = b"<testsuite><testcase name='t'>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</testcase></testsuite>"
    assert reader.read(deep, Place()).outcomes == {"t": "passed"}


LONG = 300_000


@pytest.mark.parametrize(
    "part", ["(", "[", " ", "\t", "\n", " \n", "a.b.", "panicked at '", "1 a", "=== RUN a\n"]
)
def test_no_text_takes_a_reader_longer_than_its_length(part: str) -> None:
    """With backtracking over all of it, one of these would not end before the test's time does."""
    text = part * (LONG // len(part))
    for runner in RUNNERS:
        runner.text(text, Place("/work"))
        runner.text(f"=== RUN T\n{text}\nFAIL\tx\t1s\n", Place("/work"))
    case = f"<testsuite><testcase name='t' classname='c'><failure><![CDATA[{text}]]></failure></testcase></testsuite>"
    for runner in RUNNERS:
        if runner.read and runner.name not in ("Jest", "Mocha", "RSpec"):
            assert runner.read(case.encode(), Place("/work")).count("failed") == 1
    error = json.dumps({"testResults": [{"name": "a.js", "status": "failed", "message": text}]})
    assert jest(error.encode(), Place("/work")).outcomes == {"a.js": "error"}
