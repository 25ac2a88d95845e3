"""The outline's benchmark says what it measured; how long anything takes is not asserted."""

import ast
import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.overhead import outline
from benchmarks.overhead.outline import Timed, module, shown


def test_every_kind_of_call_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "figures.json"
    assert outline.main(["--runs", "1", "--files", "30", "--json", str(kept)]) == 0
    figures = {row["what"]: row["parsed"] for row in json.loads(kept.read_text())["figures"]}
    assert figures["first call"] == [0, 30]
    assert figures["second call"] == [30, 30]
    assert figures["after one edit"] == [30, 31]
    assert figures["first call of another session"] == [0, 0]
    assert "| 30 | where a name is defined and used |" in capsys.readouterr().out


def test_the_modules_are_python_that_call_one_another() -> None:
    assert ast.parse(module(7, 100)) and b"function_8_0" in module(7, 100)


def test_what_took_too_long_is_named() -> None:
    told = shown(
        [Timed(100, "first call", (1.0, 2_500.0, 2_600.0)), Timed(100, "the snapshot alone", (9_000.0,))]
    )
    assert "| 100 | first call | 2500 (1) |" in told and told.endswith(
        "Over 2000 ms: first call of 100 files."
    )
    assert shown([Timed(9, "second call", (1.0,), (3, 4))]).endswith("| 3 → 4 |\n\nOver 2000 ms: none.")
