"""What source files define and speak of, kept by their contents so that no text is parsed twice."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .source import Definition

VERSION = 1
"""Part of every key: of a parser that tells more, nothing kept before is used."""
LARGEST = 200_000_000
"""Bytes that the file may have; it is begun anew beyond that."""
AT_ONCE = 500


class Tags(NamedTuple):
    """What one text defines and speaks of."""

    defined: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rows: str = "[]"
    """Its definitions as JSON: few are ever looked at."""

    @property
    def definitions(self) -> list[Definition]:
        return [Definition(*row) for row in json.loads(self.rows)]


def made(definitions: Iterable[Iterable[object]], names: Iterable[str]) -> Tags:
    """Tags from what the helper tells."""
    rows = [Definition(*row) for row in definitions]  # type: ignore[arg-type]
    defined = dict.fromkeys(row.name for row in rows if not row.kind and row.name)
    return Tags(tuple(defined), tuple(names), json.dumps(rows, ensure_ascii=False))


class Shelf:
    """Tags on disk. It is a cache: where it cannot be read or written it is as if it were empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._base: sqlite3.Connection | None = None

    def load(self, keys: Iterable[str]) -> Iterator[tuple[str, Tags]]:
        """Those of the keys that are known."""
        wanted = list(keys)
        with suppress(sqlite3.Error, OSError, ValueError):
            for at in range(0, len(wanted), AT_ONCE):
                some = [f"{VERSION}:{key}" for key in wanted[at : at + AT_ONCE]]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, defined, names, rows FROM tags WHERE key IN ({marks})"
                for key, defined, names, rows in self._open().execute(query, some):
                    yield key.partition(":")[2], Tags(tuple(defined.split()), tuple(names.split()), rows)

    def save(self, found: Mapping[str, Tags]) -> None:
        rows = [
            (f"{VERSION}:{key}", " ".join(tags.defined), " ".join(tags.names), tags.rows)
            for key, tags in found.items()
        ]
        with suppress(sqlite3.Error, OSError, ValueError), self._open() as base:
            base.executemany("INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        if self._base is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.path.exists() and self.path.stat().st_size > LARGEST:
                self.path.unlink()
            try:
                self._base = connected(self.path)
            except sqlite3.DatabaseError:  # cut off by a crash, or no base at all
                self.path.unlink()
                self._base = connected(self.path)
        return self._base


def connected(path: Path) -> sqlite3.Connection:
    """Open for any thread of ours, one at a time. Another process may write: that is not waited for."""
    base = sqlite3.connect(path, timeout=0.2, check_same_thread=False)
    base.execute("PRAGMA synchronous = OFF")
    base.execute(
        "CREATE TABLE IF NOT EXISTS tags (key TEXT PRIMARY KEY, defined TEXT, names TEXT, rows TEXT)"
    )
    return base
