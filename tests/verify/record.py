"""Makes the logs in `logs/` again, by running each runner on its project in `projects/`.

    python tests/verify/record.py [NAME…]

Needs what it runs: see RUNS. A project's overlay `NAME+WHAT` is laid over it for a run of its own. Paths of this
machine are written as /work, and Java's properties are left out, which hold its environment.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from patchwright.sandbox.readable import readable
from patchwright.sandbox.workspace import QUIET
from patchwright.verify import runners
from patchwright.verify.gather import GATHER, MOST, PREPARE, parts
from patchwright.verify.runners.runner import FOLDER

HERE = Path(__file__).parent
MVN = "mvn -o -s /etc/maven/settings-debian.xml test"
BUILD = "build=$(mktemp -d) && cmake -S . -B $build && cmake --build $build && ctest --test-dir $build"
RUNS = {
    "pytest": "python3 -m pytest",
    "pytest+broken": "python3 -m pytest",
    "pytest+crash": "python3 -m pytest",
    "unittest": "python3 -m unittest",
    "unittest+broken": "python3 -m unittest",
    "unittest+crash": "python3 -m unittest",
    "django": "python3 manage.py test",
    "tox": "tox",
    "nox": "nox",
    "go": "go test ./...",
    "go+panic": "go test ./...",
    "go+broken": "go test ./...",
    "go-json": "go test -json ./...",
    "cargo": "cargo test",
    "cargo+broken": "cargo test",
    "cargo+abort": "cargo test",
    "nextest+abort": "cargo nextest run",
    "jest": "npm test --silent",
    "jest+broken": "npm test --silent",
    "jest+crash": "npm test --silent",
    "vitest": "npm test --silent",
    "vitest+broken": "npm test --silent",
    "mocha": "npm test --silent",
    "mocha+broken": "npm test --silent",
    "maven": MVN,
    "maven+broken": MVN,
    "gradle": "gradle --offline test",
    "gradle+broken": "gradle --offline test",
    "rspec": "rspec",
    "rspec+broken": "rspec",
    "phpunit": "phpunit",
    "phpunit+fatal": "phpunit",
    "ctest": BUILD,
    "ctest+broken": BUILD,
}
PROJECT = {"nextest": "cargo", "go-json": "go"}


def main() -> None:
    for name in sys.argv[1:] or RUNS:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder, "work")
            lay(name, work)
            record(name, work)


def lay(name: str, work: Path) -> None:
    project, plus, what = name.partition("+")
    project = PROJECT.get(project, project)
    shutil.copytree(HERE / "projects" / project, work)
    if plus:
        shutil.copytree(HERE / "projects" / f"{project}+{what}", work, dirs_exist_ok=True)
    if (work / "package.json").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=work, check=True)


def record(name: str, work: Path) -> None:
    """Run as Suite.run does, without a sandbox."""
    command, token = RUNS[name], secrets.token_hex(8)
    about = runners.project(dict(parts(sh(work, PREPARE, FOLDER, token, runners.SETTINGS), token)))
    asked = runners.ask(command, about)
    env = {**os.environ, **QUIET, **asked.env}
    done = subprocess.run(
        ["bash", "-c", asked.line],
        cwd=work,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    sh(work, GATHER, FOLDER, token, str(MOST), *asked.anyway)
    found = dict(parts(Path(f"{FOLDER}.all").read_text(), token))
    print(
        f"{name}: exit code {done.returncode}, {len(done.stdout)} bytes, reports: {', '.join(found) or 'none'}"
    )

    def neutral(text: str) -> str:
        text = re.sub(r"<properties>.*?</properties>", "<properties/>", text, flags=re.DOTALL)
        text = re.sub(r"/\S+/(src/(testing|runtime)/\w+\.go)", r"/usr/lib/go/\1", text)
        home = str(Path.home())
        return re.sub(
            r"hostname=\"[^\"]*\"",
            'hostname=""',
            text.replace(str(work), "/work").replace(home, "/home/user"),
        )

    out = HERE / "logs" / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    kept = {
        "command": command,
        "line": neutral(asked.line),
        "code": done.returncode,
        "project": about._asdict(),
    }
    kept["reports"] = {}
    for number, (path, text) in enumerate(found.items(), 1):
        file = f"{number}-{path.rpartition('/')[2]}"
        kept["reports"][path] = file
        (out / file).write_text(neutral(text).strip() + "\n")
    (out / "run.json").write_text(json.dumps(kept, indent=1) + "\n")
    (out / "output.txt").write_text(neutral(readable(done.stdout)))


def sh(work: Path, script: str, *words: str) -> str:
    done = subprocess.run(
        ["sh", "-c", script, "sh", *words], cwd=work, check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
