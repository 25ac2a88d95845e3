"""Files that hold secrets by their name. They reach no sandbox and no patch, unless the user allows it."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

NAMED = re.compile(
    r"\.env(?:[._-](?P<kind>.*))?|\.envrc|[._]netrc|\.pypirc|\.pgpass|\.git-credentials"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?",
    re.I | re.S,
)
"""What programs read passwords, tokens and private keys from, wherever it lies."""
EXAMPLE = re.compile(
    r"(?:.*[._-])?(?:example|sample|template|tmpl|dist|default|schema)s?(?:[._-].*)?", re.I | re.S
)
"""Kinds of .env that are there to be copied, and are committed for that."""
WHY = "files of that name hold secrets; --env-files gives them to the sandbox"
WITHOUT = (".git", "node_modules")
"""Folders that are not looked through for such files."""


def withheld(path: str) -> bool:
    """Whether a file's name is one that secrets are kept under."""
    start = path.rfind("/") + 1
    if path[start : start + 1] not in "._iI":  # there may be a hundred thousand
        return False
    found = NAMED.fullmatch(path, start)
    return bool(found) and not EXAMPLE.fullmatch(found["kind"] or "-")


def below(top: Path) -> Iterator[str]:
    """Such files on disk, ignored ones too; of a link that stays within `top`, the file that it leads to."""
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in WITHOUT]
        for name in filter(withheld, names):
            place = (Path(folder) / name).resolve()
            if place.is_file() and place.is_relative_to(top):
                yield str(place.relative_to(top))


def listed(names: Iterable[str], most: int = 5) -> str:
    """Some names in a line."""
    found = list(names)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
