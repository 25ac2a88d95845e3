"""Running a project's tests in a workspace."""

from collections.abc import Iterator, Mapping, Sequence
from secrets import token_hex

from ..sandbox.base import Completed, SandboxError
from ..sandbox.readable import readable
from ..sandbox.workspace import Workspace
from . import runners
from .report import Failure, Frame, TestReport
from .runners.runner import FOLDER, Place

MOST = 64 << 20
"""Bytes of reports, and of text, that are read."""
TRACED = 40
"""Failures whose frames are looked up in the files."""
FILES = 12
"""Files that are read for that."""

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


class Suite:
    """The test command of a workspace, and what it said last."""

    def __init__(self, workspace: Workspace, command: str, seconds: float = 600) -> None:
        self.workspace, self.command, self.seconds = workspace, command, seconds

    def run(self, target: str = "", seconds: float = 0, tests: Sequence[str] = ()) -> TestReport:
        """Run the tests; or only what `target` names in the runner's own terms, or `tests` by their ids."""
        about = self._prepared()
        asked = runners.ask(self.command, about, runners.quoted(target) if target else "", tests)
        done = self.workspace.shell(asked.line, seconds or self.seconds, env=asked.env, keep=True)
        files, too_much = self._gathered(asked.anyway)
        place = Place(self.workspace.root, about.module)
        report = runners.read(self.command, asked, done, self._text(done, files), files, place)
        if too_much and not report.problem:
            report = report.model_copy(
                update={"problem": f"the test reports are longer than {MOST >> 20} MiB"}
            )
        return traced(self.workspace, report)

    def selectable(self, tests: Sequence[str]) -> bool:
        """Whether the runner can run these tests alone."""
        return runners.selectable(self.command, self._prepared(), tests)

    def _prepared(self) -> runners.Project:
        token = token_hex(8)
        done = self.workspace.sandbox.run(["sh", "-c", PREPARE, "sh", FOLDER, token, runners.SETTINGS])
        if not done.ok:
            raise SandboxError(
                f"no place for test reports could be made: {done.output.strip()[-300:] or done.ended}"
            )
        return runners.project(dict(parts(done.output, token)))

    def _gathered(self, anyway: Sequence[str]) -> tuple[dict[str, bytes], bool]:
        """The reports that the run left, by their paths, and whether there is more than we read."""
        token = token_hex(8)
        self.workspace.sandbox.run(["sh", "-c", GATHER, "sh", FOLDER, token, str(MOST + 1), *anyway])
        try:
            data = self.workspace.read(f"{FOLDER}.all", limit=MOST + 1)
        except OSError:
            return {}, False
        # latin-1 keeps every byte as one character
        found = parts(data.decode("latin-1"), token)
        return {path: text.encode("latin-1") for path, text in found}, len(data) > MOST

    def _text(self, done: Completed, files: Mapping[str, bytes]) -> str:
        """What the run printed: all of it, where its middle is needed and was kept."""
        if not done.left_out or not done.kept or files:
            return done.output
        try:
            return readable(self.workspace.read(done.kept, limit=MOST))
        except OSError:
            return done.output


def parts(text: str, token: str) -> Iterator[tuple[str, str]]:
    """Files that stand in one text, each below a line of the token and its path."""
    for part in text.split(f"\n{token} ")[1:]:
        path, _, body = part.partition("\n")
        yield path, body


def traced(workspace: Workspace, report: TestReport) -> TestReport:
    """A report whose frames lead to files of the project, and show the lines that they name."""
    unknown = [frame for failure in report.failures[:TRACED] for frame in failure.frames if not frame.source]
    if not unknown:
        return report
    lead = located(workspace, {frame.path for frame in unknown})
    lines: dict[str, list[str]] = {}

    def shown(frame: Frame) -> Frame | None:
        if frame.source:
            return frame
        path = lead.get(frame.path)
        if path is None:
            return None
        if path not in lines and len(lines) < FILES:
            lines[path] = source(workspace, path)
        row = lines.get(path, [])[frame.line - 1 : frame.line]
        return frame.model_copy(update={"path": path, "source": row[0].strip()[:300] if row else ""})

    def improved(failure: Failure) -> Failure:
        found = tuple(frame for frame in map(shown, failure.frames) if frame)
        return failure.model_copy(update={"frames": found})

    head = (improved(failure) for failure in report.failures[:TRACED])
    return report.model_copy(update={"failures": (*head, *report.failures[TRACED:])})


def located(workspace: Workspace, paths: set[str]) -> dict[str, str]:
    """Which file of the project each path means: itself, or the only one that ends like it, as Java's traces do."""
    asked = sorted(path for path in paths if path.isprintable())[:200]
    specs = [
        spec
        for path in asked
        for spec in (f":(literal){path}", f":(glob)**/{escaped(path)}")
        if not path.startswith("/")
    ]
    if not specs:
        return {path: path for path in paths}
    listed = workspace.git(
        "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *specs
    )
    names = set(listed.output.splitlines()) if listed.ok else set(asked)
    found: dict[str, str] = {}
    for path in paths:
        same = [name for name in names if name.endswith(f"/{path}")]
        if path in names or path.startswith("/"):
            found[path] = path
        elif len(same) == 1:
            found[path] = same[0]
    return found


def escaped(path: str) -> str:
    """A path that stands for itself in a pattern of git's."""
    return "".join(f"\\{c}" if c in "*?[\\" else c for c in path)


def source(workspace: Workspace, path: str) -> list[str]:
    try:
        return workspace.read(path, limit=2_000_000).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
