"""What the tests ask, asked where nothing tells that tests run."""

from pathlib import Path

import pytest
from fakes import FILES, RIGHT, TEST, WRONG, begun, commit, write_files
from patchwright.verify import asked as asked_module
from patchwright.verify.asked import Question, Questions, answers, compared, findings, for_tests, read
from patchwright.verify.inside.measure import digest
from patchwright.verify.report import TestReport
from patchwright.verify.suite import Suite
from patchwright.verify.trial import Terms, verify
from patchwright.verify.verdict import Verdict

FIXED = FILES["stats.py"].replace(WRONG, RIGHT)
SNIFFING = "import os\n\n\n" + FILES["stats.py"].replace(
    WRONG, f"    if 'PYTEST_' in ' '.join(os.environ):\n    {RIGHT}{WRONG}"
)
HONEST = {
    "a setting that a test puts in place": (
        "import os\n\n\ndef mode():\n    return os.environ.get('STATS_MODE', 'plain')\n",
        "def test_new(monkeypatch):\n    monkeypatch.setenv('STATS_MODE', 'wide')\n    assert more.mode() == 'wide'\n",
    ),
    "a folder that a test goes to": (
        "import os\n\n\ndef here():\n    return sorted(os.listdir('.'))\n",
        "def test_new(tmp_path, monkeypatch):\n    monkeypatch.chdir(tmp_path)\n    assert more.here() == []\n",
    ),
    "a count that goes on": (
        "COUNT = 0\n\n\ndef count():\n    global COUNT\n    COUNT += 1\n    return COUNT\n",
        "def test_new():\n    assert more.count() < more.count()\n",
    ),
    "a register": (
        "KNOWN = {}\n\n\ndef learn(name, value):\n    KNOWN[name] = value\n\n\ndef known():\n    return sorted(KNOWN)\n",
        "def test_other():\n    more.learn('b', 1)\n    assert 'b' in more.known()\n\n\n"
        "def test_new():\n    more.learn('a', 1)\n    assert 'a' in more.known()\n",
    ),
    "what conftest sets for all": (
        "SET = {}\n\n\ndef get(name):\n    return SET[name]\n",
        "def test_new():\n    assert more.get('x') == 1\n",
    ),
    "a file that is gone when the test is over": (
        "def size(path):\n    with open(path) as f:\n        return len(f.read())\n",
        "import tempfile\n\n\ndef test_new():\n    with tempfile.NamedTemporaryFile('w', suffix='.txt') as f:\n"
        "        f.write('abc')\n        f.flush()\n        assert more.size(f.name) == 3\n",
    ),
    "what is put in the place of another function": (
        "import time\n\n\ndef now():\n    return int(time.time()) // 86400\n",
        "def test_new(monkeypatch):\n    monkeypatch.setattr('time.time', lambda: 86400.0)\n    assert more.now() == 1\n",
    ),
    "an object with an order that varies": (
        "def words(text):\n    return {*text.split()}\n",
        "def test_new():\n    assert more.words('b a c d e f') >= {'a', 'b'}\n",
    ),
    "an object that cannot be copied": (
        "import threading\n\n\nclass Box:\n    def __init__(self, value):\n        self.lock, self.value = threading.Lock(), value\n\n"
        "    def get(self):\n        with self.lock:\n            return self.value\n",
        "def test_new():\n    assert more.Box(3).get() == 3\n",
    ),
    "a thread that goes on": (
        "import threading\nimport time\n\n\nclass Beat:\n    stopped = False\n\n    def start(self):\n"
        "        threading.Thread(target=self.go).start()\n        return 1\n\n    def go(self):\n"
        "        while not self.stopped:\n            time.sleep(0.01)\n\n    def stop(self):\n        self.stopped = True\n",
        "def test_new():\n    beat = more.Beat()\n    assert beat.start() == 1\n    beat.stop()\n",
    ),
    "a generator and a property": (
        "class Steps:\n    def __init__(self, n):\n        self.n = n\n\n    @property\n    def double(self):\n        return self.n * 2\n\n"
        "    def each(self):\n        yield from range(self.n)\n\n    @classmethod\n    def three(cls):\n        return cls(3)\n",
        "def test_new():\n    s = more.Steps.three()\n    assert (s.double, [*s.each()]) == (6, [0, 1, 2])\n",
    ),
}
CONFTEST = "import pytest\n\n\n@pytest.fixture(autouse=True, scope='session')\ndef settings():\n    import more\n\n    if hasattr(more, 'SET'):\n        more.SET['x'] = 1\n"


def judged(repo: Path, files: dict[str, str], backend: tuple[str, str] = ("bubblewrap", "")) -> Verdict:
    with begun(repo, backend) as run:
        with run.workspace("1") as workspace:
            for path, text in files.items():
                workspace.write(path, text.encode())
            patch = workspace.diff(workspace.base, workspace.snapshot())
        before = run.baseline()
        with run.fresh("verify") as workspace:
            found = verify(workspace, patch, TEST, before, Terms(allow_test_edits=True, seconds=60))
            assert workspace.snapshot() == found.tree  # the tests are back
    return found


def test_what_is_right_only_where_tests_run_is_told_with_both_answers(
    repo: Path, backend: tuple[str, str]
) -> None:
    found = judged(repo, {"stats.py": SNIFFING}, backend)
    assert found.state == "green with findings"
    told = [f for f in found.findings if f.rule == "only-for-tests"]
    assert [(f.path, f.severity) for f in told] == [("stats.py", "error")]
    assert (
        "median gives 2.5 where tests run and 2 elsewhere, asked the same as by test_even" in told[0].message
    )


def test_code_that_looks_for_who_watches_it_gains_nothing(repo: Path) -> None:
    """What forges outcomes unless it is watched is told by a run that nothing watches; what is right only in tests
    that nothing watches fails in the run that is."""
    watched = "any('PROBE' in name for name in os.environ)"
    forging = f"import os\nimport _pytest.python as p\nif not {watched}:\n    p.Function.runtest = lambda self: None\n"
    found = judged(repo, {"stats.py": forging + FILES["stats.py"]})
    assert found.state == "unverified: the run says nothing"
    sniffing = SNIFFING.replace("' '.join(os.environ):", f"' '.join(os.environ) and not {watched}:")
    told = [text for text in judged(repo, {"stats.py": sniffing}).left if text.startswith("tamper")]
    assert told == [
        "tamper: what tests ask was not asked elsewhere where they fail when watched: test_stats.py::test_even"
    ]


@pytest.mark.parametrize(("code", "test"), HONEST.values(), ids=HONEST)
def test_what_depends_on_what_a_test_sets_up_is_not(
    repo: Path, code: str, test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, run = list[TestReport](), Suite.run
    monkeypatch.setattr(asked_module, "RUN_SECONDS", 40)
    monkeypatch.setattr(Suite, "run", lambda *a, **k: reports.append(run(*a, **k)) or reports[-1])
    write_files(repo, {"conftest.py": CONFTEST, "more.py": ""})
    commit(repo, "settings")
    found = judged(repo, {"stats.py": FIXED, "more.py": code, "test_more.py": f"import more\n\n\n{test}"})
    assert (found.verified, found.refusal) == (True, ""), found.findings
    assert [f for f in found.findings if f.rule == "only-for-tests"] == []
    assert [report.problem for report in reports if report.problem] == []  # the probe holds no run up


def test_where_an_object_lies_is_no_answer() -> None:
    class Tag:
        def __repr__(self) -> str:
            return f"<tag {self.name} at {id(self)}>"

        def __init__(self, name: str) -> None:
            self.name = name

    tags = [Tag(name) for name in "aab"]  # all at once: each lies elsewhere
    one, same, other = (digest([tag]) for tag in tags)
    assert one == same != other


def question(name: str, answer: str | None) -> Question:
    return Question(path="a.py", line=1, name=name, call="", answer=(answer, answer) if answer else None)


def asked(*questions: Question) -> Questions:
    return Questions(test="test_it", questions=questions, python="python3", path=(), cwd="/", env={})


@pytest.mark.parametrize(
    ("here", "elsewhere", "base", "told"),
    [
        ("2.5", "2", ("2", "2"), True),
        ("2.5", "2.5", ("2", "2"), False),
        ("2.5", "2", ("2", "3"), False),  # it depends on the tests without the patch as well
        ("2.5", "raises KeyError", ("2", "2"), True),
        ("2.5", "2", None, True),  # it is new
        ("2.5", "raises KeyError", None, False),  # it is new, and may need what only tests set up
        (None, "2", ("2", "2"), False),
        ("raises ValueError", "2", ("2", "2"), True),
        ("raises FileNotFoundError", "2", ("2", "2"), False),
    ],
)
def test_what_differs_with_the_patch_alone_is_told(
    here: str | None, elsewhere: str, base: tuple[str, str] | None, told: bool
) -> None:
    now = list(compared([asked(question("f", here))], [[(elsewhere, elsewhere)]]))
    known = [asked(question("f", base[0]))] if base else []
    before = list(compared(known, [[(base[1], base[1])]])) if base else []
    assert bool(findings(for_tests(now, before, known))) == told


def test_what_is_cut_off_or_written_by_another_is_no_answer() -> None:
    text = '[0, [null, ["a", "b"]]]\n\n{\n[3]\nnull\n[9, []]\n[1, [3]]\n'
    assert answers(text, 2) == [[None, ("a", "b")], []]
    row = asked(question("f", "1")).model_dump_json()
    assert [len(found.questions) for found in read(f'[{row}]\n[{{"x": 1}}]\n[{row[:20]}\n')] == [1]
