"""The benchmark of evolution, with versions that are known."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2]))

from benchmarks.evolve import run

WORSE = "def priority(item, room):\n    return room - item"
BETTER = """def priority(item, room):
    left = room - item
    if left <= 4:
        return 1000 - left
    return -left if left >= 20 else left - 520"""


def test_a_better_rule_is_found_and_held_against_other_items(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [{"text": f"```python\n{code}\n```"} for code in (WORSE, BETTER)]
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    words = ["--candidates", "2", "--model", f"scripted:{tmp_path / 'answers.json'}"]
    assert run.main([*words, "--work", str(tmp_path / "work")]) == 0
    rows = [row.split("|") for row in capfd.readouterr().out.splitlines() if row.startswith("| ")]
    scores = {row[1].strip(): [float(cell) for cell in row[2:4]] for row in rows[2:]}
    assert scores["best fit"][0] == pytest.approx(-4.05, abs=0.005)
    better, elsewhere = scores["version 2"]
    assert better > -2.5 and -3 < elsewhere < better + 1
    assert run.main([*words, "--work", str(tmp_path / "work")]) == 0  # nothing is asked again
