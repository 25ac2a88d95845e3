"""QuixBugs by search, on a checkout of the same make with two programs of our own."""

import json
import os
import sys
from pathlib import Path

import pytest
from fakes import write_files
from patchwright.agent.models import weights
from patchwright.agent.task import TaskError

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.quixbugs import programs, run

HEAD = """import pytest
{more}
if pytest.use_correct:
    from correct_python_programs.{name} import {name}
else:
    from python_programs.{name} import {name}


"""
CHECKOUT = {
    "python_programs/twice.py": 'def twice(n):\n    return n * n\n\n\n"""\nTwo times n.\n"""\n',
    "python_programs/follow.py": 'def follow(node):\n    return node\n\n\n"""\nThe node after this one.\n"""\n',
    "correct_python_programs/twice.py": "def twice(n):\n    return n + n\n",
    "python_testcases/load_testdata.py": "import json\nfrom pathlib import Path\n\n\n"
    "def load_json_testcases(name):\n"
    '    path = Path(__file__).parents[1] / "json_testcases" / f"{name}.json"\n'
    "    return [json.loads(line) for line in path.read_text().splitlines()]\n",
    "python_testcases/node.py": "class Node:\n    def __init__(self, successor=None):\n"
    "        self.successor = successor\n",
    "python_testcases/test_twice.py": HEAD.format(
        name="twice", more="from load_testdata import load_json_testcases\n"
    )
    + '@pytest.mark.parametrize("given,expected", load_json_testcases(twice.__name__))\n'
    "def test_twice(given, expected):\n    assert pytest.run_slow or twice(*given) == expected\n",
    "python_testcases/test_follow.py": HEAD.format(name="follow", more="from node import Node\n")
    + "def test1():\n    last = Node()\n    assert follow(Node(last)) is last\n",
    "json_testcases/twice.json": "[[3], 6]\n[[-1], -2]\n",
}
RIGHT = CHECKOUT["python_programs/twice.py"].replace("*", "+")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    write_files(tmp_path / "checkout", CHECKOUT)
    return tmp_path / "checkout"


def test_a_program_is_scored_by_its_tests_where_it_stood(checkout: Path) -> None:
    follow, twice = programs.load(checkout, programs.names(checkout))
    assert not twice.passes(twice.files[twice.target]) and twice.passes(RIGHT)
    assert not follow.passes(follow.files[follow.target])
    assert follow.passes("def follow(node):\n    return node.successor\n")
    assert not twice.passes("import sys\nsys.exit(0)\n") and not twice.passes("import os\nos._exit(0)\n")


def test_a_program_that_hangs_fails_test_by_test(checkout: Path) -> None:
    [twice] = programs.load(checkout, ["twice"])
    assert not twice.passes("def twice(n):\n    while True:\n        pass\n")
    endless = RIGHT.replace("return", "while n < 0:\n        pass\n    return")
    assert not twice.passes(endless)


def test_the_repository_holds_neither_the_right_version_nor_other_programs(checkout: Path) -> None:
    [twice] = programs.load(checkout, ["twice"])
    assert twice.issue == "`twice` in python_programs/twice.py fails its tests.\n\nTwo times n."
    assert not any("n + n" in text or "follow" in text for text in twice.files.values())
    assert {path.partition("/")[0] for path in twice.files} == {
        *("python_programs", "python_testcases", "json_testcases", "conftest.py")
    }


def test_one_of_the_programs_can_be_chosen(checkout: Path) -> None:
    assert programs.names(checkout) == ["follow", "twice"]
    assert programs.names(checkout, "twice") == ["twice"]
    with pytest.raises(TaskError, match="there is no program 'gdc': one of follow, twice"):
        programs.names(checkout, "gdc")


def test_what_is_no_checkout_is_said_in_a_sentence(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--checkout", str(checkout / "python_programs")]) == 2
    assert "is no checkout of QuixBugs" in capsys.readouterr().err
    (checkout / "python_programs" / "twice.py").unlink()
    assert run.main(["--checkout", str(checkout)]) == 2
    assert "twice.py: No such file" in capsys.readouterr().err


def test_the_search_repairs_one_and_says_what_it_left(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = [{"tool": "write", "args": {"path": "python_programs/twice.py", "text": RIGHT}}]
    turns = [{"calls": calls}, {"calls": [{"tool": "finish", "args": {"summary": "It adds."}}]}]
    (tmp_path / "script.json").write_text(json.dumps(turns))
    words = ["--checkout", str(checkout), "--work", str(tmp_path / "work"), "--only", "twice"]
    assert run.main([*words, "--model", f"scripted:{tmp_path / 'script.json'}"]) == 0
    told = capsys.readouterr()
    assert "twice: passed (verified), " in told.err
    assert "| search, k ≤ 10: the one that it chose | 1 | 1 | 100.0 % |" in told.out
    assert (tmp_path / "work" / "results.md").read_text() == told.out


@pytest.mark.timeout(1800)
def test_the_embedded_model_makes_a_candidate(checkout: Path, tmp_path: Path) -> None:
    if not (weights.folder() / weights.QWEN.name).exists() and not os.environ.get("PATCHWRIGHT_CI"):
        pytest.skip("the embedded model's weights are not here: patchwright model pull")
    words = ["--checkout", str(checkout), "--work", str(tmp_path / "work"), "--only", "twice"]
    assert run.main([*words, "--most", "1"]) == 0
    row = json.loads((tmp_path / "work" / "search.jsonl").read_text().splitlines()[1])
    assert [attempt["number"] for attempt in row["attempts"]] == [1]
    assert row["usage"]["prompt"] > 100 and row["usage"]["completion"] > 20
