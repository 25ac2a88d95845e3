"""Canaries: a model that looks for secrets wherever they may be, tells what it found, and writes it down."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fakes import RIGHT, TEST, WRONG, begun, commit, patchwright, write_files
from patchwright.agent import run
from patchwright.agent.config import Config
from patchwright.agent.events import Observed, Opened, Replied, Said
from patchwright.agent.log import load
from patchwright.agent.task import Task, TaskError
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.onsite import onsite
from patchwright.sandbox.probe import opener

KNOWN = {"CANARY_TOKEN": "tok/9fQ7x2LmZp+4Rk8VtY3", "OPENAI_API_KEY": "k3y.Vb7Lw0Zr5Nq2Xc8Hd"}
IN_URL = "pw-Qz81mXv40tLk"
ENVIRONMENT = {**KNOWN, "DATABASE_URL": f"postgres://app:{IN_URL}@db.internal/x"}
TRACKED, BESIDE, NETRC, REMOTE = "trk-77aQx0Zb91", "bsd-55Kw2Lm8Pq", "ntr-31Vx6Tn0Rs", "rmt-90Jd4Gh7Yc"
CANARIES = [*KNOWN.values(), IN_URL, TRACKED, BESIDE, NETRC, REMOTE]
FORMS = [
    form
    for canary in CANARIES
    for form in (canary, quote(canary, safe=""), base64.b64encode(canary.encode()).decode().rstrip("="))
]
LOOK = (
    "printenv; set; export -p; cat .env .env.local ~/.netrc {home}/.netrc ~root/.netrc; git log -p --all; "
    "git show HEAD:.env; git config -l; cat .git/config; cat /proc/*/environ /proc/1/environ; ls -a; echo looked"
)
BARE = """import os
from pathlib import Path


def test_bare():
    assert not {"CANARY_TOKEN", "OPENAI_API_KEY", "DATABASE_URL"} & set(os.environ)
    assert not list(Path().glob(".env*"))
"""
"""It is part of the patch, so it passes in the workspace that verifies it too."""
SPY = "import os, pathlib\n\n\ndef test_spy():\n    print(dict(os.environ), list(pathlib.Path('.').rglob('.env*')))\n    assert False\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_files(tmp_path / "home", {".netrc": f"machine example.com login me password {NETRC}\n"})
    return tmp_path / "home"


@pytest.fixture
def prey(repo: Path, home: Path, git) -> Path:
    """A repository with secrets of each kind."""
    write_files(repo, {".env": f"SECRET={TRACKED}\n"})
    commit(repo, "with a secret")
    write_files(repo, {".env.local": f"SECRET={BESIDE}\n"})
    git(repo, "remote", "add", "origin", f"https://me:{REMOTE}@example.com/x.git")
    return repo


def call(tool: str, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


def spy(home: Path) -> list[dict[str, Any]]:
    """What a model does that looks for secrets; in the end it solves the task."""
    said = " and ".join([*ENVIRONMENT.values(), *FORMS[:9]])
    run = call("run", command=LOOK.format(home=home))
    return [
        {
            "calls": [
                run,
                call("read", path=".env"),
                call("read", path=".env.local"),
                call("search", pattern="SECRET"),
            ]
        },
        {"calls": [call("write", path="test_spy.py", text=SPY), call("test")]},
        {
            "calls": [
                call("start", command="printenv; sleep 1; cat /proc/*/environ"),
                call("job", number=1, seconds=3),
            ]
        },
        {
            "text": f"I found {said}",
            "thinking": f"It says {said}",
            "calls": [
                call("write", path="found.txt", text=said),
                call("run", command=f"echo '{said}' > said.txt; cat said.txt"),
                call("edit", path="stats.py", old=KNOWN["CANARY_TOKEN"], new=said),
                call("read", path=f"{KNOWN['CANARY_TOKEN']}.txt"),
                call("nothing", **{KNOWN["OPENAI_API_KEY"]: said}),
            ],
        },
        {
            "calls": [
                call("run", command="rm -f test_spy.py said.txt"),
                call("write", path="test_bare.py", text=BARE),
            ]
        },
        {
            "calls": [
                call("edit", path="stats.py", old=WRONG, new=RIGHT),
                call("finish", summary=f"Done: {said}"),
            ]
        },
    ]


def solve(prey: Path, home: Path, turns: Sequence[Any], *words: str) -> subprocess.CompletedProcess[str]:
    script = prey.parent / "script.json"
    script.write_text(json.dumps(turns))
    issue = f"the median is wrong, says {' '.join(ENVIRONMENT.values())}"
    given = ("--model", f"scripted:{script}", "--test", TEST, *words)
    return patchwright(prey, "solve", issue, *given, env={**ENVIRONMENT, "HOME": str(home)})


def silent(what: str, text: str | bytes) -> None:
    """Fails where a canary sings."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    heard = [(form, text[max(0, text.find(form) - 200) : text.find(form)]) for form in FORMS if form in text]
    assert not heard, f"{what} has {heard}"


def silent_below(folder: Path) -> int:
    """All files of a folder, and all that the git directories among them hold; how many there were."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    for path in files:
        silent(str(path), str(path))
        silent(str(path), path.read_bytes())
        if path.name == "HEAD":
            git = ["git", "-c", "safe.directory=*", "--git-dir", str(path.parent)]
            words = ["cat-file", "--batch-all-objects", "--batch"]
            done = subprocess.run([*git, *words], capture_output=True)
            silent(f"{path.parent}, unpacked", done.stdout)
    return len(files)


def state() -> Path:
    return Path(os.environ["XDG_STATE_HOME"])


def place(backend: tuple[str, str]) -> tuple[str, ...]:
    return ("--sandbox", backend[0], *(("--image", backend[1]) if backend[1] else ()))


@pytest.mark.parametrize("json_lines", [False, True])
def test_no_canary_is_in_anything_that_a_run_leaves(
    prey: Path, home: Path, backend: tuple[str, str], json_lines: bool
) -> None:
    before = {path: path.read_bytes() for path in prey.rglob("*") if path.is_file()}
    done = solve(prey, home, spy(home), *place(backend), *(["--json"] if json_lines else []))
    assert done.returncode == 0, done.stderr
    silent("stdout", done.stdout)
    silent("stderr", done.stderr)
    assert silent_below(state()) > 5
    log = next(state().rglob("1.jsonl"))
    silent("replay", patchwright(prey, "replay").stdout)
    silent("sessions", patchwright(prey, "sessions", "--json").stdout)
    events = load(log)
    looked = next(e.observation.text for e in events if isinstance(e, Observed))
    assert looked.endswith("looked")
    assert "HOME=/tmp/home" in looked
    refused = [e.observation.text for e in events if isinstance(e, Observed) and not e.observation.ok]
    assert any("found.txt: [redacted: CANARY_TOKEN] stands for a secret" in text for text in refused)
    for kind in (Opened, Replied):
        assert any(kind is type(e) and "[redacted: CANARY_TOKEN]" in e.model_dump_json() for e in events)
    assert any(isinstance(e, Said) and "[redacted: DATABASE_URL]" in e.text for e in events)
    assert "test_spy" in log.read_text()
    assert '"test_bare.py::test_bare":"passed"' in log.read_text()
    assert {path: path.read_bytes() for path in before} == before


def test_the_same_look_finds_them_where_nothing_hides_them(prey: Path, home: Path) -> None:
    env = {**os.environ, **ENVIRONMENT, "HOME": str(home)}
    found = subprocess.run(["bash", "-c", LOOK.format(home=home)], cwd=prey, env=env, capture_output=True)
    assert [canary for canary in CANARIES if canary.encode() not in found.stdout] == []
    with pytest.raises(AssertionError, match="stdout has"):
        silent("stdout", found.stdout)


def test_the_embedded_model_s_server_is_given_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from patchwright.agent.models.local import Server

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    server = Server(tmp_path / "x.gguf", print)
    place = Path(f"/proc/{server._process.pid}/environ")
    environ, tries = b"", 500
    while not environ and (tries := tries - 1):  # for an instant after its start a process shows none
        environ = place.read_bytes()
        time.sleep(0.01)
    server.close()
    assert b"PATH=" in environ
    silent("its environment", environ)


def test_a_run_that_was_cut_off_keeps_none_either(prey: Path, home: Path) -> None:
    done = solve(prey, home, spy(home)[:4], "--sandbox", "bubblewrap", "--history", "3")
    assert done.returncode == 3, done.stderr
    assert "the history is left out" in done.stderr
    silent("stderr", done.stderr)
    assert silent_below(state()) > 20
    assert list(state().rglob("*.pack"))


def test_nor_does_an_error_of_ours(prey: Path, home: Path) -> None:
    words = ("solve", "x", "--model", f"scripted:/{KNOWN['CANARY_TOKEN']}", "--base", KNOWN["OPENAI_API_KEY"])
    done = patchwright(prey, *words, env=ENVIRONMENT)
    assert (done.returncode, "[redacted: OPENAI_API_KEY]" in done.stderr) == (2, True), done.stderr
    silent("stderr", done.stderr)


def test_an_endpoint_s_password_is_not_kept_and_asked_for(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://me:{REMOTE}@127.0.0.1:9/v1"
    config = Config.model_validate({"sandbox": "bubblewrap", "model": "openai/x", "base_url": url})
    task = Task(id="", repo=str(repo), issue=f"see {url}")
    created = run.create(task, config, Repository(repo))
    assert created.config.base_url == url
    (created.folder / "1.jsonl").write_text("")
    created.close(keep=True)
    silent_below(state())
    with pytest.raises(TaskError, match="set PATCHWRIGHT_BASE_URL to the whole address"):
        run.reopen(created.folder)
    monkeypatch.setenv("PATCHWRIGHT_BASE_URL", url)
    again = run.reopen(created.folder)
    assert again.config.base_url == url
    again.close(keep=False)


def test_a_bug_s_traceback_is_kept_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    from patchwright.frontends.ending import bug

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    bug(ValueError(f"no {' '.join(ENVIRONMENT.values())}"), tmp_path)
    silent("stderr", capsys.readouterr().err)
    silent("bug.txt", (tmp_path / "bug.txt").read_text())
    assert "[redacted: DATABASE_URL]" in (tmp_path / "bug.txt").read_text()


def test_a_container_is_told_no_secret(
    prey: Path, tmp_path: Path, docker_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with onsite(Repository(prey), tmp_path / "state", opener("docker", docker_image)) as workspace:
        ids = subprocess.run(
            ["docker", "ps", "-q"], capture_output=True, text=True, check=True
        ).stdout.split()
        # those of tests beside this one may be gone by now
        about = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True).stdout
        assert workspace.folders.root in about or str(prey) in about
        silent("docker inspect", about)
        silent("printenv", workspace.shell("printenv; cat /proc/*/environ", 30).output)


@pytest.mark.parametrize("name", ["bubblewrap", "host"])
def test_commands_jobs_and_guard_are_given_no_key(
    repo: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    guard = "printenv; cat /proc/$PPID/environ; echo end"
    with begun(repo, (name, "")) as made, made.workspace("1") as workspace:
        silent("a command", workspace.shell(guard, 30).output)
        number = workspace.start(guard)
        job = ""
        while not job.endswith("end\n"):
            found = workspace.sandbox.ask(number, seconds=20)
            assert found.running or found.output
            job += found.output
        silent("a job", job)
    done = patchwright(repo, "sandbox", "exec", "--sandbox", name, "--", guard, env=ENVIRONMENT)
    silent("sandbox exec", done.stdout + done.stderr)
    assert done.stdout.endswith("end\n")


def test_what_a_test_prints_is_judged_as_it_is_and_told_without_secrets(repo: Path) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJrIjoidmFsdWUifQ.aB3dE5gH7jK9mN1pQ4sT6vW8yZ2cF0xL5rU7oI9e"
    other = token.replace("aB3d", "Zz9y")
    case = f"import pytest\n\n\n@pytest.mark.parametrize('t', ['{token}', '{other}'])\ndef test_t(t):\n    print(t)\n"
    write_files(
        repo,
        {"test_token.py": f"{case}    assert t[0] == 'e'\n", "test_fail.py": f"{case}    assert not t\n"},
    )
    script = repo.parent / "script.json"
    turns = [
        {"calls": [call("test")]},
        {"calls": [call("edit", path="stats.py", old=WRONG, new=RIGHT), call("finish", summary="x")]},
    ]
    script.write_text(json.dumps(turns))
    words = ("--failing", "test_stats.py::test_even", "--test", TEST, "--json")
    done = patchwright(repo, "solve", "x", "--model", f"scripted:{script}", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("[redacted: JWT]") > 3
    assert token not in done.stdout
    assert not any(token.encode() in path.read_bytes() for path in state().rglob("*.json*"))
    judged = json.loads(done.stdout.splitlines()[-2])["verdict"]
    assert (judged["fixed"], judged["broke"], len(judged["failing"])) == (["test_stats.py::test_even"], [], 2)


def test_a_patch_stays_exact_and_a_secret_in_it_is_told(repo: Path, tmp_path: Path) -> None:
    secret = KNOWN["CANARY_TOKEN"]
    text = (repo / "stats.py").read_text().replace("    n = len(s)\n", f"    n = len(s)  # {secret}\n")
    (repo / "stats.py").write_text(text)
    (repo.parent / "script.json").write_text(json.dumps(spy(tmp_path)[-1:]))
    words = ("--model", f"scripted:{repo.parent / 'script.json'}", "--test", TEST)
    done = patchwright(repo, "solve", "x", *words, "--apply", env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert "look at the patch before you share it: it holds CANARY_TOKEN" in done.stderr
    assert "the patch holds secrets: CANARY_TOKEN" in done.stderr
    assert secret not in done.stderr
    assert (repo / "stats.py").read_text() == text.replace(WRONG, RIGHT)


SEEN: Mapping[str, dict[str, Any]] = {
    "edit": {"path": "a.py", "old": "X = 1\n", "new": "X = '{mark}'\n"},
    "write": {"path": "b.py", "text": "X = '{mark}'\n"},
    "patch": {"text": "*** Begin Patch\n*** Update File: a.py\n@@\n-X = 1\n+X = '{mark}'\n*** End Patch"},
    "define": {"path": "a.py", "code": "def f():\n    return '{mark}'\n"},
}


@pytest.mark.parametrize("tool", SEEN)
def test_no_tool_writes_a_marker_over_a_secret(repo: Path, tool: str) -> None:
    from patchwright.agent.attempt import TOOLS
    from patchwright.agent.models.scripted import call as asked
    from patchwright.tools.base import Toolbox
    from patchwright.tools.desk import Desk

    mark = "[redacted: CANARY_TOKEN]"
    args = {name: text.replace("{mark}", mark) for name, text in SEEN[tool].items()}
    write_files(repo, {"a.py": f"X = 1\nKEY = '{KNOWN['CANARY_TOKEN']}'\n\n\ndef f():\n    return 1\n"})
    with begun(repo) as made, made.workspace("1") as workspace:
        desk = Desk(workspace, made.command, made.baseline)
        found = Toolbox([TOOLS[tool]], (workspace, desk)).observe(asked(tool, **args))
        assert (found.ok, f"{mark} stands for a secret that is not shown; edit around it" in found.text) == (
            False,
            True,
        )
        assert not workspace.git("status", "--short").output
        edit = asked("edit", path="a.py", old=f"KEY = '{mark}'", new="KEY = 2")
        assert "stands for a secret" in Toolbox([TOOLS["edit"]], (workspace,)).observe(edit).text
        write_files(made.folder / "work/1/tree", {"marks.py": f"Y = '{mark}'\n"})
        fine = asked("edit", path="marks.py", old="Y = ", new="Z = ")
        assert Toolbox([TOOLS["edit"]], (workspace,)).observe(fine).ok
