"""The append-only log of one attempt: a JSON line an event."""

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pydantic import ValidationError

from .. import __version__
from ..sandbox.secrets import Secrets, ours
from .events import EVENT, Called, Changed, Connected, Ended, Event, Replied, Said
from .task import TaskError

Reader = Callable[[Event], None]
FOLLOWED = (Said, Replied, Called, Changed, Connected)
"""Events that another one follows at once: the step's last one is what is brought to the disk."""


class Log:
    """Events in memory and on disk. Opening one that was torn by a crash drops the incomplete last line.

    What the model is sent, the user is shown and the disk keeps comes from here, so here secrets are taken out.
    """

    def __init__(self, path: Path, *readers: Reader) -> None:
        self.path, self._readers, self._lock = path, list(readers), threading.RLock()
        self._secrets = ours()
        self.events: list[Event] = []
        if path.exists():
            self.events = load(path)
            cut_torn_line(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._syncing = ThreadPoolExecutor(1, thread_name_prefix="sync")
        self._synced: Future[None] | None = None
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def copy(self, events: Sequence[Event]) -> None:
        """Take in another log's events as they are. Nobody is told: they were told when they happened."""
        with self._lock:
            self._write(b"".join(event.model_dump_json().encode() + b"\n" for event in events))
            self.events += events

    def append(self, fact: Event) -> Event:
        """Write an event without its secrets, then tell it to the readers, in order whatever thread it comes from.

        Raises OSError where the disk is full.
        """
        clean = redacted(fact, self._secrets)
        with self._lock:
            event = clean.model_copy(update={"seq": len(self.events), "at": time.time()})
            line = event.model_dump_json().encode() + b"\n"
            self._write(line)
            if not isinstance(event, FOLLOWED):
                self._sync()
            self.events.append(event)
            for read in self._readers:
                read(event)
        return event

    def _write(self, line: bytes) -> None:
        """The whole line or nothing: half a line would hide the next one."""
        size = os.fstat(self._file).st_size
        try:
            view = memoryview(line)
            while view:
                view = view[os.write(self._file, view) :]
        except OSError:
            os.ftruncate(self._file, size)
            raise

    def _sync(self) -> None:
        """Bring the step to the disk while the next one begins. The failure of the one before is raised here.

        A line that is written outlives this process in any case; this is for the machine's own end.
        """
        if self._synced:
            self._synced.result()
        self._synced = self._syncing.submit(os.fdatasync, self._file)

    def close(self) -> None:
        """Wait until all is on the disk. Raises OSError where it could not be brought there."""
        self._syncing.shutdown()
        os.close(self._file)
        if self._synced:
            self._synced.result()


def redacted(event: Event, secrets: Secrets) -> Event:
    """An event with markers for its secrets. A patch stays as it is, since it has to apply."""
    exact = {"patch": event.patch} if isinstance(event, Ended) else {}
    data = event.model_dump(exclude=set(exact))
    clean = secrets.cleaned(data)
    if isinstance(event, Replied) and clean["reply"]["thinking"] != data["reply"]["thinking"]:
        clean["reply"]["thinking"] = ()  # what is signed is taken back unchanged or not at all
    return event if clean == data else EVENT.validate_python(clean | exact)


def load(path: Path) -> list[Event]:
    """The events of a log; a torn last line is left out. Raises TaskError where it is no log."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as e:
        raise TaskError(f"{path}: {e.strerror}") from e
    events: list[Event] = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            events.append(EVENT.validate_json(line))
        except ValidationError as e:
            raise TaskError(f"{path}, line {number}: {unknown(line, lines[0])}") from e
    return events


def unknown(line: bytes, first: bytes) -> str:
    """Why a line cannot be read: it is no event at all, or one of another version, whose log says so."""
    try:
        value, opened = json.loads(line), json.loads(first)
        kind, version = value["kind"], opened["version"]
    except (ValueError, KeyError, TypeError):
        return "not an event of patchwright's log."
    return (
        f"an event ({str(kind)[:40]}) that patchwright {__version__} cannot read: the log was written by "
        f"version {str(version)[:40]}. Use that one to show it or to go on with it."
    )


def cut_torn_line(path: Path) -> None:
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        os.truncate(path, whole)
