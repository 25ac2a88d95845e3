"""Files that hold secrets by their name. They reach no sandbox and no patch, unless the user allows it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

NAMES = frozenset(
    {".env", ".envrc", ".netrc", "_netrc", ".pypirc", ".pgpass", ".git-credentials"}
    | {f"id_{kind}" for kind in ("rsa", "dsa", "ecdsa", "ed25519", "ecdsa_sk", "ed25519_sk")}
)
"""What programs read passwords, tokens and private keys from, wherever it lies."""
KINDS = (".env.", ".env-", ".env_")
EXAMPLES = frozenset({"example", "sample", "template", "tmpl", "dist", "default", "schema"})
"""Kinds of .env that are there to be copied, and are committed for that."""
WHY = "files of that name hold secrets; --env-files gives them to the sandbox"
WITHOUT = (".git", "node_modules")
"""Folders that are not looked through for such files."""


def withheld(path: str) -> bool:
    """Whether a file's name is one that secrets are kept under."""
    start = path.rfind("/") + 1
    if path[start : start + 1] not in "._iI":  # there may be a hundred thousand
        return False
    name = path[start:].lower()
    if name.startswith(KINDS):
        parts = name[len(KINDS[0]) :].replace("-", ".").replace("_", ".").split(".")
        return EXAMPLES.isdisjoint(part.removesuffix("s") for part in parts)
    return name in NAMES


def below(top: Path) -> Iterator[str]:
    """Such files on disk, ignored ones too; of a link that stays within `top`, the file that it leads to."""
    todo = [str(top)]
    while todo:  # os.walk calls itself for each folder of a path, up to Python 3.11
        with suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    todo += [] if entry.name in WITHOUT else [entry.path]
                elif withheld(entry.name):
                    place = Path(entry.path).resolve()
                    if place.is_file() and place.is_relative_to(top):
                        yield str(place.relative_to(top))


def listed(names: Iterable[str], most: int = 5) -> str:
    """Some names in a line."""
    found = list(names)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
