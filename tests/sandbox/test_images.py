"""Which image a repository asks for, and that it is made once, of the base's files and of nothing else."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fakes import IMAGE, commit, opened, patchwright, write_files
from patchwright.sandbox.base import SandboxUnavailable
from patchwright.sandbox.checkout import Repository
from patchwright.sandbox.images import choose, sources
from patchwright.sandbox.kept import Kept
from patchwright.sandbox.languages import allows, dependencies


class Given:
    """Files that are only said to be there."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.names: Mapping[str, str] = {name: str(hash(text)) for name, text in files.items()}

    def read(self, name: str) -> str:
        return self.files[name]


DEVCONTAINER = """\ufeff{
  // what the editor opens
  "name": "x // no comment", /* nor
  this */ "build": {"dockerfile": "../docker/Dockerfile", "context": "..",
    "args": {"A": "1", "TOKEN": "${localEnv:TOKEN}"}, "target": "dev",},
  "postCreateCommand": {"one": "pip install x", "two": ["echo", "a b"]},
  "privileged": true, "runArgs": ["--network=host"],
}"""


def test_a_devcontainer_comes_first_and_gets_nothing_that_opens_the_machine() -> None:
    files = {
        ".devcontainer/devcontainer.json": DEVCONTAINER,
        "docker/Dockerfile": "FROM x\n",
        "Dockerfile": "",
    }
    found = choose(Given(files))
    assert (found.dockerfile, found.context, found.arguments) == ("docker/Dockerfile", "", {"A": "1"})
    assert (found.target, found.commands) == ("dev", ("pip install x", "echo 'a b'"))
    assert found.why == "docker/Dockerfile, which .devcontainer/devcontainer.json names"
    assert "runArgs, privileged left out" in found.notes[0]
    assert "build argument TOKEN left out" in found.notes[1]


@pytest.mark.parametrize(
    ("files", "image", "why"),
    [
        ({".devcontainer.json": '{"image": "a/b:1"}', "go.mod": ""}, "a/b:1", ".devcontainer.json"),
        (
            {".devcontainer.json": '{"dockerComposeFile": "c.yml"}', "go.mod": "go 1.22.1\n"},
            "golang:1.22",
            "go.mod",
        ),
        ({"Dockerfile": "FROM x\n", "pyproject.toml": ""}, "", "the Dockerfile"),
        (
            {"pyproject.toml": '[project]\nrequires-python = ">=3.8,<3.11"\n'},
            "python:3.10-slim",
            "requires-python",
        ),
        (
            {"pyproject.toml": '[project]\nrequires-python = ">=3.13"\n'},
            "python:3.13-slim",
            "requires-python",
        ),
        (
            {"pyproject.toml": '[project]\nclassifiers = ["Programming Language :: Python :: 3.9"]\n'},
            "python:3.9-slim",
            "classifiers",
        ),
        ({"setup.py": "setup(python_requires='~=3.7')\n"}, "python:3.12-slim", "python_requires in setup.py"),
        ({".python-version": "3.11.4\n", "setup.cfg": ""}, "python:3.11-slim", ".python-version"),
        ({"tests/test_a.py": "def test_a(): pass\n"}, "python:3.12-slim", "no version is named"),
        ({"package.json": '{"engines": {"node": ">=20"}}'}, "node:20-slim", "engines in package.json"),
        ({"package.json": "no json", ".nvmrc": "v18.2\n"}, "node:18-slim", ".nvmrc"),
        ({"Cargo.toml": ""}, "rust:1-slim", "Cargo.toml"),
    ],
)
def test_the_image_is_chosen_from_the_project_s_files(files: dict[str, str], image: str, why: str) -> None:
    found = choose(Given(files))
    assert found.image == image
    assert why in found.why


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"README.md": ""}, "name one with --image"),
        ({".devcontainer.json": "{"}, "no valid JSON"),
        ({".devcontainer.json": '{"build": {"dockerfile": "../../x"}}'}, "outside of the repository"),
        ({".devcontainer.json": '{"build": {"dockerfile": "D", "context": "/etc"}}', "D": ""}, "outside"),
        ({".devcontainer.json": '{"dockerFile": "nope"}'}, "does not hold"),
    ],
)
def test_what_cannot_be_had_is_said(files: dict[str, str], says: str) -> None:
    with pytest.raises(SandboxUnavailable, match=says):
        choose(Given(files))


@pytest.mark.parametrize(
    ("asked", "minor", "fits"),
    [
        ("", 12, True),
        (">=3.9", 8, False),
        ("<3.12,>=3.8", 12, False),
        ("~=3.9", 12, True),
        ("==3.10.*", 10, True),
        ("==3.10.*", 11, False),
        (">=3,<4", 12, True),
        (">2.7,!=3.9", 9, False),
        ("nonsense", 12, True),
    ],
)
def test_a_version_specifier_takes_in_a_python_or_not(asked: str, minor: int, fits: bool) -> None:
    assert allows(asked, minor) == fits


def test_dependencies_are_installed_by_what_the_files_name() -> None:
    project = (
        "[project]\nname='x'\n[project.optional-dependencies]\ntest=['a']\n[dependency-groups]\ndev=['b>1']\n"
    )
    files = {"pyproject.toml": project, "requirements-dev.txt": "c\n", "docs/requirements.txt": "no\n"}
    whole = {**files, "package.json": "{}", "package-lock.json": "", "go.mod": ""}
    lines = [step.run for step in dependencies(Given(whole))]
    assert any(line.endswith("-r requirements-dev.txt -e '.[test]' 'b>1'") for line in lines)
    assert any("npm ci" in line for line in lines)
    assert any("go mod download" in line for line in lines)
    assert dependencies(Given({"README.md": ""})) == []


def test_a_dockerfile_that_copies_nothing_is_the_same_whatever_the_code() -> None:
    one = Given({"Dockerfile": "FROM x\nRUN y\n", "a.py": "1"})
    two = Given({"Dockerfile": "FROM x\nRUN y\n", "a.py": "2"})
    assert sources(choose(one), one) == sources(choose(two), two)
    one, two = (Given({**files.files, "Dockerfile": "FROM x\ncopy . .\n"}) for files in (one, two))
    assert sources(choose(one), one) != sources(choose(two), two)


def kept(repo: Path, files: Mapping[str, str]) -> Kept:
    """The base of a repository with these files."""
    write_files(repo, files)
    commit(repo, "more")
    folder = repo.parent / f"base-{len(list(repo.parent.iterdir()))}"
    folder.mkdir()
    return Kept(folder, Repository(repo).base(folder).tree)


def test_the_base_s_files_are_read_and_none_that_git_ignores(repo: Path, tmp_path: Path) -> None:
    (repo / "link").symlink_to("stats.py")
    (repo / ".env").write_text("SECRET=1\n")
    files = kept(
        repo, {".gitignore": ".env\n", ".gitattributes": "stats.py export-ignore\n", "a/b.txt": "b\n"}
    )
    assert {"stats.py", "a/b.txt"} <= files.names.keys()
    assert not {"link", ".env"} & files.names.keys()
    assert files.read("a/b.txt") == "b"
    files.archive(tmp_path / "x.tar", prefix="work/")
    listed = subprocess.run(["tar", "tf", tmp_path / "x.tar"], capture_output=True, text=True).stdout.split()
    assert {"work/stats.py", "work/a/b.txt", "work/link"} <= set(listed)
    assert "work/.env" not in listed


@pytest.fixture
def made(docker_image: str) -> Iterator[list[str]]:
    """Names of images that are removed in the end."""
    names: list[str] = []
    yield names
    subprocess.run(["docker", "image", "rm", "-f", *names], capture_output=True)


def prepare(files: Kept, made: list[str], heard: list[str]) -> str:
    from patchwright.sandbox.prepare import prepared

    locks = Path(os.environ["XDG_STATE_HOME"]) / "images"
    image = prepared(files, locks, heard.append, network="none").image
    made.append(image)
    return image


DOCKERFILE = f"FROM {IMAGE}\nARG WHO=nobody\nCOPY . /opt/app\nRUN echo $WHO > /opt/who; env > /opt/env\nENV GREETING=hello\n"


def test_a_dockerfile_is_built_once_from_the_base_s_files(
    repo: Path, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "hush")
    files = {
        "docker/Dockerfile": DOCKERFILE,
        ".dockerignore": "# not these\n*.md\n!README.md\nnotes\n",
        "notes/a.txt": "left out\n",
        "x.md": "left out\n",
        ".gitignore": ".env\n",
        ".devcontainer.json": json.dumps(
            {
                "build": {"dockerfile": "docker/Dockerfile", "args": {"WHO": "Ana"}, "context": "."},
                "postCreateCommand": "ls /opt/app stats.py > /opt/listed; env >> /opt/env; id -u > /opt/id",
            }
        ),
    }
    (repo / ".env").write_text("SECRET=1\n")
    heard: list[str] = []
    image = prepare(kept(repo, files), made, heard)
    assert heard[0].startswith("preparing an image from docker/Dockerfile")
    assert any(line.startswith("Step 1/") for line in heard)
    assert heard[-1] == f"{image} is ready"
    with opened(tmp_path, ("docker", image)) as sandbox:
        show = "cat /opt/who /opt/listed /opt/id; echo $GREETING; ls -A /opt/app; cat /opt/env"
        said = sandbox.run(["sh", "-c", show]).output
    assert said.split()[:1] == ["Ana"]
    assert {"stats.py", "README.md", "hello", "0"} <= set(said.split())
    assert not {"x.md", "notes", ".env"} & set(said.split())
    assert "hush" not in said
    again: list[str] = []
    assert prepare(kept(repo, {}), made, again) == image
    assert again == []
    assert prepare(kept(repo, {"new.py": "x = 1\n"}), made, again) != image
    left = subprocess.run(
        ["docker", "ps", "-aq", "--filter", "label=patchwright.owner"], capture_output=True, text=True
    )
    assert left.returncode == 0


def test_an_image_of_a_devcontainer_is_named_by_what_decides(repo: Path, made: list[str]) -> None:
    container = {"image": IMAGE, "postCreateCommand": "sh tool/setup.sh"}
    files = {".devcontainer.json": json.dumps(container), "tool/setup.sh": "echo one > /opt/made\n"}
    image = prepare(kept(repo, files), made, [])
    assert prepare(kept(repo, {"other.py": "x = 1\n"}), made, []) == image
    assert prepare(kept(repo, {"tool/setup.sh": "echo two > /opt/made\n"}), made, []) != image
    assert prepare(kept(repo, {"setup.sh": ""}), made, []) != image


def test_two_at_once_prepare_once(repo: Path, made: list[str]) -> None:
    container = {"image": IMAGE, "postCreateCommand": f"sleep 1; echo {repo} > /opt/made"}
    files = kept(repo, {".devcontainer.json": json.dumps(container)})
    heard: list[str] = []
    threads = [threading.Thread(target=prepare, args=(files, made, heard)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(line.startswith("preparing") for line in heard) == 1
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"Dockerfile": f"FROM {IMAGE}\nRUN echo too bad >&2; false\n"},
            r"the Dockerfile cannot be built:\n(.*\n)*.*too bad",
        ),
        ({"Dockerfile": "FRM x\n"}, "the Dockerfile cannot be built"),
        (
            {".devcontainer.json": json.dumps({"image": IMAGE, "postCreateCommand": "echo no luck; exit 3"})},
            r"failed in `echo no luck; exit 3` \(exit code 3\):\n  no luck",
        ),
        (
            {".devcontainer.json": '{"image": "registry.invalid/none:1"}'},
            "there is no image 'registry.invalid/none:1' here, and it cannot be pulled",
        ),
    ],
)
def test_a_failure_is_one_sentence_with_the_end_of_the_output(
    repo: Path, made: list[str], files: dict[str, str], says: str
) -> None:
    for _ in range(2):  # nothing half made is taken for whole
        with pytest.raises(SandboxUnavailable, match=says):
            prepare(kept(repo, files), made, [])


def test_a_run_is_made_in_what_the_repository_asks_for(repo: Path, made: list[str]) -> None:
    write_files(repo, {".devcontainer/devcontainer.json": f'{{"image": "{IMAGE}", /* here */ }}'})
    done = patchwright(repo, "doctor", "--repo", ".", "--sandbox", "docker")
    made.append(done.stderr.split(" is ready")[0].split()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "preparing an image from .devcontainer/devcontainer.json" in done.stderr
    assert "1 passed, 1 failed" in done.stdout
    inside = patchwright(repo, "sandbox", "exec", "--image", "auto", "--", "test -e /.dockerenv && pwd")
    assert inside.stdout == "/work\n"
    assert "preparing" not in inside.stderr
