"""What a patch does to each file's text."""

from pathlib import Path

from fakes import begun
from hypothesis import given
from hypothesis import strategies as st
from patchwright.verify.delta import Changed, changes

ROWS = st.lists(st.sampled_from(["a", "b", "", "c = 1"]), max_size=12)


@given(ROWS, ROWS)
def test_without_its_new_lines_the_text_is_part_of_the_old_one(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{row}\n" for row in rows) for rows in (old, new))
    found = Changed(path="f", before=before, after=after).lines
    left, rest = [row for n, row in enumerate(new, 1) if n not in found], iter(old)
    assert all(row in rest for row in left)
    assert found <= set(range(1, len(new) + 1))


def test_the_lines_of_a_new_file_are_all_new_and_none_are_of_one_that_is_gone() -> None:
    assert Changed(path="f", after="a\nb\n").lines >= {1, 2}
    assert Changed(path="f", before="a\nb\n").lines == frozenset()


def test_texts_come_from_the_trees_whatever_the_files_are_called(
    repo: Path, backend: tuple[str, str]
) -> None:
    with begun(repo, backend) as run, run.workspace("1") as workspace:
        workspace.shell(
            "printf 'x = 1\\n' > 'ü b.py'; sed -i '1i import os' stats.py; rm test_stats.py; head -c 9 /dev/zero > z.bin",
            60,
        )
        found = {c.path: c for c in changes(workspace, workspace.snapshot())}
    assert found["ü b.py"].after == "x = 1\n" and found["ü b.py"].lines >= {1}
    assert found["stats.py"].lines == {1} and found["stats.py"].before
    assert found["test_stats.py"].after == "" and found["test_stats.py"].is_test
    assert found["z.bin"].after == ""
