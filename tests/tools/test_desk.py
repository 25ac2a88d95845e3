"""What a test run tells beyond itself: changes, flaky tests, the part that is run first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import EVEN, ODD, RIGHT, TEST, WRONG, begun
from patchwright.agent.attempt import TOOLS
from patchwright.agent.models.scripted import call
from patchwright.tools import desk
from patchwright.tools.base import Toolbox
from patchwright.tools.desk import Desk
from patchwright.verify.report import TestReport


class Bench:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._toolbox = Toolbox(list(TOOLS.values()), (desk.workspace, desk))

    def write(self, path: str, text: str) -> None:
        self.desk.workspace.write(path, text.encode())

    def test(self, target: str = "") -> str:
        observation = self._toolbox.observe(call("test", target=target))
        assert observation.ok, observation.text
        return observation.text


@pytest.fixture
def bench(repo: Path) -> Iterator[Bench]:
    with begun(repo) as run, run.workspace("1") as workspace:
        yield Bench(Desk(workspace, lambda: TEST, run.baseline))


@pytest.fixture
def slow_bench(repo: Path) -> Iterator[Bench]:
    """As if the whole suite took a minute on the base."""

    with begun(repo) as run, run.workspace("1") as workspace:

        def baseline() -> TestReport:
            return run.baseline().model_copy(update={"seconds": 60.0})

        yield Bench(Desk(workspace, lambda: TEST, baseline))


def test_a_run_tells_what_changed_since_the_last_one_and_since_the_baseline(bench: Bench) -> None:
    source = bench.desk.workspace.read("stats.py").decode()
    assert bench.test().startswith("1 failed, 1 passed\nsince the baseline: 1 still failing\n")
    bench.write("stats.py", source.replace(WRONG, RIGHT).replace("return s[n // 2]\n", "return 0\n"))
    assert bench.test().startswith(
        f"1 failed, 1 passed\nsince the last run, and since the baseline: 1 now passing: {EVEN}; 1 now failing: {ODD}\n"
    )
    bench.write("stats.py", source.replace(WRONG, RIGHT))
    assert bench.test() == (
        f"2 passed\nsince the last run: 1 now passing: {ODD}\nsince the baseline: 1 now passing: {EVEN}"
    )
    assert bench.test(ODD) == "1 passed"
    bench.write(
        "test_stats.py", "from stats import median\n\n\ndef test_odd():\n    assert median([1]) == 1\n"
    )
    assert f"1 no longer run: {EVEN}" in bench.test()


def test_a_test_that_passes_when_run_again_alone_is_called_flaky(bench: Bench) -> None:
    counter = "from pathlib import Path\n\n\ndef test_shaky():\n    seen = Path('/tmp/seen')\n    again = seen.exists()\n    seen.touch()\n    assert again\n"
    bench.write("test_shaky.py", counter)
    bench.write("test_broken.py", "def test_broken():\n    assert 0\n")
    text = bench.test()
    assert (
        "\nflaky, failed and then passed when run alone on the same files: test_shaky.py::test_shaky\n"
        in text
    )
    assert "test_broken.py::test_broken" in text


def test_the_tests_that_the_change_reaches_come_first_and_the_rest_waits(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.write("other.py", "x = 1\n")
    bench.write("tests/test_other.py", "from other import x\n\n\ndef test_x():\n    assert x == 2\n")
    text = bench.test()
    assert text.startswith(
        "1 failed\nonly the tests in tests/test_other.py were run, which the changed files reach; the rest were not\n"
    )
    bench.write("other.py", "x = 2\n")
    assert bench.test().startswith("1 failed, 2 passed\n")  # the whole, with the failure of the base


def test_a_part_is_not_enough_to_finish(slow_bench: Bench) -> None:
    desk = slow_bench.desk
    desk.workspace.write("other.py", b"x = 1\n")
    desk.workspace.write(
        "tests/test_other.py", b"from other import x\n\n\ndef test_x():\n    assert x == 2\n"
    )
    assert len(desk.try_out().report.outcomes) == 1
    assert len(desk.latest(desk.workspace.snapshot()).outcomes) == 3


def test_all_of_a_long_output_can_be_read(bench: Bench) -> None:
    bench.write("test_loud.py", "def test_loud():\n    print('word ' * 5000)\n    assert 0\n")
    text = bench.test()
    assert len(text) < 6_500
    path = text.rpartition("[the whole output is in ")[2].partition(":")[0]
    assert b"word word" in bench.desk.workspace.read(path)


def test_of_runs_on_what_comes_to_the_same_the_latest_are_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "REMEMBERED", 2)
    memory = bench.desk.memory = dict[str, bytes]()
    source = bench.desk.workspace.read("stats.py").decode()
    versions = [f"{source}NUMBER = {number}\n" for number in range(3)]

    def test(text: str) -> TestReport:
        bench.write("stats.py", text)
        return bench.desk.test()

    first = test(versions[0])
    (key,) = memory
    assert test(f"{versions[0]}# a comment changes nothing\n").outcomes == first.outcomes
    assert [*memory] == [key]
    test(versions[1])
    test(versions[2])
    assert len(memory) == 2 and key not in memory
    assert test(versions[0]).outcomes == first.outcomes
    assert [*memory][1] == key
