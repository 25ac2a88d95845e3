"""Frames of a traceback in the runners' languages, the outermost first, and which of them are the project's."""

import re
from collections.abc import Iterable, Iterator

from ..report import Frame

FOREIGN = re.compile(
    r"(^|/)(site-packages|dist-packages|node_modules|vendor|gems|\.cargo|\.venv|\.tox|\.nox|rustc)/|^(node:|<|\.\./|internal/)"
)
"""Paths that are somebody else's."""
JAVA = re.compile(
    r"(java|javax|jdk|sun|com\.sun|kotlin|kotlinx|groovy|scala|org\.(junit|gradle|apache\.maven|hamcrest|mockito"
    r"|assertj|testng|opentest4j|codehaus\.groovy)|junit)\."
)
"""Java's own packages, and the test libraries'."""


def own(frames: Iterable[Frame], root: str) -> tuple[Frame, ...]:
    """The project's own frames, by paths relative to its top. A path that was relative stays, if it leads nowhere out."""
    top = root.rstrip("/") + "/"
    found = (frame.model_copy(update={"path": relative(frame.path, top)}) for frame in frames)
    return tuple(
        frame for frame in found if not frame.path.startswith("/") and not FOREIGN.search(frame.path)
    )


def relative(path: str, top: str) -> str:
    return path.removeprefix("file://").removeprefix(top).removeprefix("./")


def python(text: str) -> Iterator[Frame]:
    """Frames of Python's own traceback."""
    pattern = r'^ *File "(.+?)", line (\d+)(?:, in (.+))?\n(?: {4,}(.+))?'
    for found in re.finditer(pattern, text, re.MULTILINE):
        source = (found[4] or "").strip()
        yield Frame(path=found[1], line=int(found[2]), function=found[3] or "", source=source)


def javascript(text: str) -> list[Frame]:
    """V8's `at name (path:line:column)`, and Vitest's `❯ name path:line:column`."""
    pattern = r"^[ \t]*(?:at|❯) (?:async )?(?:(.+?) )?\(?((?:file://)?[^\s()]+?):(\d+):\d+\)?$"
    found = [
        Frame(path=path, line=int(line), function=name)
        for name, path, line in re.findall(pattern, text, re.MULTILINE)
    ]
    return found[::-1]


def java(text: str) -> list[Frame]:
    """`at package.Class.method(File.java:12)`; the path is the package's, below a folder that the trace does not name."""
    pattern = r"^[ \t]*at (?:[\w.@-]+/)?((?:\w+\.)*)([\w$]+)\.([\w$<>]+)\((\w+\.\w+):(\d+)\)"
    found = [
        Frame(
            path=package.replace(".", "/") + file,
            line=int(line),
            function=f"{name.partition('$')[0]}.{method}",
        )
        for package, name, method, file, line in re.findall(pattern, text, re.MULTILINE)
        if not JAVA.match(package)
    ]
    return found[::-1]


def rust(text: str) -> list[Frame]:
    """A backtrace; without one, the place where the thread panicked."""
    pattern = r"^[ \t]+\d+: (.+)\n[ \t]+at (\S+?):(\d+)(?::\d+)?$"
    found = [
        Frame(path=path, line=int(line), function=name)
        for name, path, line in re.findall(pattern, text, re.MULTILINE)
        if not name.endswith("{{closure}}")
    ]
    told = text.partition("panicked at ")[2].partition("\n")[0][:2_000]
    place = re.match(r"(?:'.*', )?([^\s:']+):(\d+):\d+", told)
    if not found and place:
        found = [Frame(path=place[1], line=int(place[2]), function="")]
    return found[::-1]


def go(text: str) -> list[Frame]:
    """A goroutine's stack: the function, and below it the place."""
    pattern = r"^(.+)\)\n\t(\S+\.go):(\d+)"
    found = [
        Frame(path=path, line=int(line), function=name.rpartition("(")[0].rpartition("/")[2])
        for name, path, line in re.findall(pattern, text, re.MULTILINE)
    ]
    return found[::-1]


def ruby(lines: Iterable[str]) -> list[Frame]:
    """`path.rb:12:in 'name'`, one a line."""
    found = (re.match(r"(?:# )?(\S+?):(\d+)(?::in [`'](.+)')?$", line.strip()) for line in lines)
    return [Frame(path=f[1], line=int(f[2]), function=f[3] or "") for f in found if f][::-1]


def php(text: str) -> list[Frame]:
    """`path.php:12`, one a line."""
    found = re.findall(r"^(/\S+?):(\d+)$", text, re.MULTILINE)
    return [Frame(path=path, line=int(line), function="") for path, line in found][::-1]


def places(text: str, suffixes: str) -> list[Frame]:
    """`path:line:` at the start of a line or of a word, as compilers and C's assert put it."""
    found = re.findall(rf"(?:^|[\s(])((?:[\w.@+/-]+)\.(?:{suffixes})):(\d+)", text, re.MULTILINE)
    return [Frame(path=path, line=int(line), function="") for path, line in dict.fromkeys(found)]
