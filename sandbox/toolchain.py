"""Which of the host's folders a sandbox without an image needs to see, read-only, to run the user's tools."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
SETTINGS = ("php", "maven", "gradle", "java", "java-*")
"""Below /etc, where distributions keep what these do not start without."""
NEVER = ("/", "/root", "/home", "/etc", "/var", "/proc", "/sys", "/dev", "/run", "/tmp")


def path_inside(env: Mapping[str, str]) -> str:
    """PATH as it is inside: the caller's own, without what is relative, and the system's folders at the end."""
    own = [p for p in env.get("PATH", "").split(os.pathsep) if p.startswith("/")]
    return os.pathsep.join(dict.fromkeys([*own, "/usr/local/bin", "/usr/bin", "/bin"]))


def mounts(env: Mapping[str, str]) -> list[Path]:
    """Folders outside the system's own that the caller's PATH and virtual environment lead to."""
    found: list[Path] = []
    for folder in wanted(env):
        path = Path(os.path.abspath(folder))  # noqa: PTH100 (a link's own place is what PATH names)
        if not path.is_dir() or str(path) in NEVER or path == home(env) or system(path):
            continue
        found.append(path)
    return outermost(found)


def hidden(env: Mapping[str, str]) -> list[str]:
    """Folders of the caller's PATH that are not shown inside."""
    seen = mounts(env)
    own = [Path(p) for p in env.get("PATH", "").split(os.pathsep) if p.startswith("/")]
    return [
        str(p) for p in own if p.is_dir() and not system(p) and not any(m in (p, *p.parents) for m in seen)
    ]


def settings(etc: Path) -> list[str]:
    """Names below /etc of what the system's own tools do not start without."""
    return sorted(path.name for pattern in SETTINGS for path in etc.glob(pattern))


def rust(env: Mapping[str, str]) -> dict[str, str]:
    """Where rustup's shims find the compilers that they stand for."""
    own = env.get("RUSTUP_HOME") or str(home(env) / ".rustup")
    return {"RUSTUP_HOME": own} if (Path(own) / "toolchains").is_dir() else {}


def crates(env: Mapping[str, str]) -> list[Path]:
    """What cargo has downloaded. Its folder is not shown as a whole: it holds the user's tokens, too."""
    own = Path(env.get("CARGO_HOME") or home(env) / ".cargo")
    return [own / name for name in ("registry", "git") if (own / name).is_dir()]


def fingerprint(env: Mapping[str, str]) -> list[str]:
    """What tells whether the tools inside are still the same: the folders, and when packages in them last changed."""
    places = [*map(Path, SYSTEM), *mounts(env)]
    parts = ("", "bin", "lib", "lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/node_modules")
    found = {p for place in places for part in parts for p in (place.glob(part) if part else [place])}
    return [
        path_inside(env),
        *(f"{path} {path.stat().st_mtime_ns}" for path in sorted(found) if path.is_dir()),
    ]


def home(env: Mapping[str, str]) -> Path:
    """The caller's, who may have named another one than the system knows."""
    return Path(env.get("HOME") or Path.home())


def wanted(env: Mapping[str, str]) -> Iterator[str]:
    yield from rust(env).values()
    for folder in env.get("PATH", "").split(os.pathsep):
        if not folder.startswith("/"):
            continue
        yield folder
        yield from prefix(Path(folder).parent)
        if Path(folder).name == "shims" and (Path(folder).parent / "versions").is_dir():
            yield str(Path(folder).parent)  # pyenv and its like: a shim starts what lies in versions/
    if venv := env.get("VIRTUAL_ENV"):
        yield venv
        yield from prefix(Path(venv))


def prefix(folder: Path) -> Iterator[str]:
    """A virtual environment with the Python that it was made from, or a Python or Node installation."""
    try:
        settings = (folder / "pyvenv.cfg").read_text()
    except OSError:
        if any((folder / "lib").glob("python3*")) or (folder / "lib/node_modules").is_dir():
            # Where pip installs for a user, share and state hold what is theirs: keyrings, and our own runs.
            yield str(folder / "lib" if folder.name == ".local" else folder)
        return
    yield str(folder)
    for line in settings.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            base = Path(value.strip())
            yield str(base.parent)
            yield str((base / "python3").resolve().parent.parent)


def system(path: Path) -> bool:
    return any(str(path) == top or str(path).startswith(top + "/") for top in SYSTEM)


def outermost(paths: list[Path]) -> list[Path]:
    """Without those that lie in another one."""
    unique = list(dict.fromkeys(paths))
    return [p for p in unique if not any(other in p.parents for other in unique)]


def guard_python() -> Path:
    """A Python that can run the guard, seen inside at its own path."""
    system_python = Path("/usr/bin/python3")
    if system_python.exists():
        return system_python
    return Path(sys.executable).resolve()
