"""Which files to look at first, by the task's words and by where they lie. No file is read for it."""

import re
from collections.abc import Iterable

TEST_NAME = re.compile(r"^test_|_test\.|\.(test|spec)\.|^conftest\.")
FOLDERS = (
    (
        8,
        re.compile(
            r"(^|/)(vendor|vendored|_vendor|third_party|node_modules|dist|build|generated|\.[^/]+)(/|$)"
        ),
    ),
    (3, re.compile(r"(^|/)(docs?|examples?|samples?|benchmarks?|fixtures?|testdata|migrations|locale)(/|$)")),
    (2, re.compile(r"(^|/)(tests?|testing|__tests__|spec)(/|$)")),
)
"""How much less a file in such a folder promises."""
NAMED = 60
"""How much more a file promises that the task names, and one that speaks of a name in it, and a folder or file
that is called like a word in it."""
SPOKEN = 20
CALLED = 6


class Focus:
    """What a text (the task, failing frames) speaks of: words, names of code, and paths."""

    def __init__(self, about: str) -> None:
        self.about = about
        self.words = {word.lower() for word in re.findall(r"[^\W\d_]{4,}", about)}
        names = re.findall(r"[^\W\d]\w{2,}", about)
        code = {n for n in names if "_" in n.strip("_") or re.search(r"[a-z][A-Z]|[A-Z]{2}.*[a-z]", n)}
        code |= set(re.findall(r"`([^\W\d]\w{2,})", about)) | set(re.findall(r"\b([^\W\d]\w{2,})\(", about))
        self.names = frozenset(code)
        self.paths = set(re.findall(r"[\w./-]+\.\w+", about))

    @property
    def telling(self) -> list[str]:
        """The names, the rarest first as far as their length tells."""
        return sorted(self.names, key=lambda name: (-len(name), name))

    def weight(self, path: str) -> float:
        """How much a file matters to begin with, for the ranking."""
        if path in self.paths:
            return 50.0
        stem = path.rpartition("/")[2].partition(".")[0].lower()
        return 5.0 if stem in self.words else 1.0


def order(paths: Iterable[str], focus: Focus, spoken: Iterable[str]) -> list[str]:
    """Paths, the most promising first. `spoken`: those whose text speaks of the task's names."""
    words, besides = focus.words, dict.fromkeys(focus.paths, NAMED) | dict.fromkeys(spoken, SPOKEN)
    folders: dict[str, int] = {}
    scores: dict[int, list[str]] = {}
    for path in paths:  # of very many: what is done for each is counted in fractions of a second
        folder, _, name = path.rpartition("/")
        value = folders.get(folder)
        if value is None:
            value = folders[folder] = of_folder(folder, words)
        value += called(name, words) + besides.get(path, 0)
        if "test" in name and TEST_NAME.search(name):
            value -= 2
        scores.setdefault(value, []).append(path)
    return [path for value in sorted(scores, reverse=True) for path in scores[value]]


def of_folder(folder: str, words: set[str]) -> int:
    aside = sum(less for less, pattern in FOLDERS if pattern.search(folder))
    near = sum(called(part, words) for part in folder.split("/"))
    return near - aside - folder.count("/") - bool(folder)


def called(name: str, words: set[str]) -> int:
    """Whether a file or a folder is called like words that were spoken."""
    stem = name.partition(".")[0].lower()
    if stem in words:
        return 2 * CALLED
    return 0 if words.isdisjoint(stem.replace("-", "_").split("_")) else CALLED
