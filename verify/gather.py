"""Running a test command, and fetching what its runner wrote."""

from collections.abc import Iterator, Sequence
from secrets import token_hex

from ..sandbox.base import Completed, SandboxError
from ..sandbox.readable import readable
from ..sandbox.workspace import Workspace
from . import runners
from .report import TestReport
from .runners.runner import FOLDER, Place

MOST = 32 << 20
"""Bytes of reports that are read."""
MOST_TEXT = 16 << 20
"""Bytes of a text that are read; of a longer one, its head and its tail."""

PREPARE = r"""
rm -rf "$1" "$1.all" "$1.toml"; mkdir -p "$1" && : > "$1/.start"
printf %s "$3" > "$1.toml"
for file in package.json composer.json go.mod; do
  [ -f "$file" ] && printf '\n%s %s\n' "$2" "$file" && head -c 60000 "$file"
done
for file in pom.xml build.gradle build.gradle.kts; do
  [ -f "$file" ] && printf '\n%s %s\n' "$2" "$file" && case $file in build*)
    find . -path '*/build/test-results/*/TEST-*.xml' -type f -exec rm -f {} + ;;  # or Gradle keeps what was there
  esac
done
true
"""
"""Makes the folder for reports, and shows the files that tell more about the command than it does itself."""

GATHER = r"""
folder=$1 token=$2 most=$3; shift 3
rm -rf "$folder.all"
show='for file; do
  [ -f "$file" ] && [ ! -L "$file" ] && printf "\n%s %s\n" "$0" "$file" && cat "$file"
done'
{
  sh -c "$show" "$token" "$folder"/*
  for path; do
    find . -path "$path" -type f -newer "$folder/.start" -exec sh -c "$show" "$token" {} +
  done
} 2>/dev/null | head -c "$most" > "$folder.all"
"""
"""Puts the reports into one file. The token was not known to the tests, so none of them can begin a report."""


def run(workspace: Workspace, command: str, target: str, tests: Sequence[str], seconds: float) -> TestReport:
    """Run a test command; or only what `target` names in the runner's own terms, or `tests` by their ids."""
    about = prepared(workspace)
    asked = runners.ask(command, about, runners.quoted(target) if target else "", tests)
    done = workspace.shell(asked.line, seconds, env=asked.env, keep=True)
    files, too_much = gathered(workspace, asked.anyway)
    text = done.output if files else whole(workspace, done)
    report = runners.read(command, asked, done, text, files, Place(workspace.root, about.module))
    if too_much and not report.problem:
        return report.model_copy(update={"problem": f"the test reports are longer than {MOST >> 20} MiB"})
    return report


def prepared(workspace: Workspace) -> runners.Project:
    """Make the folder for reports, and see what the files tell of the command."""
    token = token_hex(8)
    done = workspace.sandbox.run(["sh", "-c", PREPARE, "sh", FOLDER, token, runners.SETTINGS])
    if not done.ok:
        reason = done.output.strip()[-300:] or done.ended
        raise SandboxError(f"no place for test reports could be made: {reason}")
    return runners.project(dict(parts(done.output, token)))


def gathered(workspace: Workspace, anyway: Sequence[str]) -> tuple[dict[str, bytes], bool]:
    """The reports that a run left, by their paths, and whether there is more than we read."""
    token = token_hex(8)
    workspace.sandbox.run(["sh", "-c", GATHER, "sh", FOLDER, token, str(MOST + 1), *anyway])
    try:
        data = workspace.read(f"{FOLDER}.all", limit=MOST + 1)
    except OSError:
        return {}, False
    found = parts(data.decode("latin-1"), token)  # which keeps every byte as one character
    return {path: text.encode("latin-1") for path, text in found}, len(data) > MOST


def whole(workspace: Workspace, done: Completed) -> str:
    """All of what a run printed, where its middle was left out and it was kept."""
    if not done.left_out or not done.kept:
        return done.output
    try:
        return readable(workspace.read(done.kept, limit=MOST_TEXT))
    except OSError:
        return done.output


def parts(text: str, token: str) -> Iterator[tuple[str, str]]:
    """Files that stand in one text, each below a line of the token and its path."""
    for part in text.split(f"\n{token} ")[1:]:
        path, _, body = part.partition("\n")
        yield path, body
