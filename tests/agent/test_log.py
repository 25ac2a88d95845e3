import errno
import os
from pathlib import Path

import pytest
from patchwright.agent.events import EVENT, Replied, Said
from patchwright.agent.log import Log, load
from patchwright.agent.models.base import Reply
from patchwright.agent.task import TaskError


def said(text: str) -> Said:
    return Said(role="user", text=text)


def test_a_line_an_event_in_order(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    written = [log.append(said(text)) for text in ("one", "two\nlines", "üñí \x00 \u2028")]
    log.close()
    assert load(log.path) == written == log.events
    assert len(log.path.read_bytes().splitlines()) == 3 or log.path.read_bytes().count(b"\n") == 3
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_dropped_wherever_it_tore(tmp_path: Path) -> None:
    log = Log(tmp_path / "whole.jsonl")
    for text in ("one", "two"):
        log.append(said(text))
    log.close()
    data = log.path.read_bytes()
    first = data.index(b"\n") + 1
    for cut in range(first, len(data)):
        path = tmp_path / f"{cut}.jsonl"
        path.write_bytes(data[:cut])
        reopened = Log(path)
        assert len(reopened.events) == 1
        reopened.append(said("again"))
        reopened.close()
        assert [e.text for e in load(path) if isinstance(e, Said)] == ["one", "again"]


def test_damage_in_the_middle_is_named(tmp_path: Path) -> None:
    good = EVENT.dump_json(said("x"))
    (tmp_path / "l").write_bytes(good + b"\n{broken}\n" + good + b"\n")
    with pytest.raises(TaskError, match="line 2: not an event"):
        load(tmp_path / "l")
    with pytest.raises(TaskError, match="No such file"):
        load(tmp_path / "nowhere")


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(tmp_path / "log.jsonl")
    log.append(said("one"))
    real = os.write

    def short(fd: int, data: bytes) -> int:
        if len(data) > 40:
            return real(fd, data[:40])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="No space left"):
        log.append(said("two"))
    monkeypatch.undo()
    log.append(said("three"))
    log.close()
    assert [e.text for e in load(log.path) if isinstance(e, Said)] == ["one", "three"]


def test_signed_thinking_with_a_secret_in_it_is_left_out_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", "q8Zr-2vKx_91LmWt")
    log = Log(tmp_path / "log.jsonl")
    blocks = [
        {"type": "thinking", "thinking": text, "signature": "s"}
        for text in ("It is q8Zr-2vKx_91LmWt.", "No.")
    ]
    kept = log.append(Replied(reply=Reply(text="well", thinking=(blocks[1],)), seconds=1))
    gone = log.append(Replied(reply=Reply(text="well", thinking=tuple(blocks)), seconds=1))
    log.close()
    assert isinstance(kept, Replied)
    assert kept.reply.thinking == (blocks[1],)
    assert isinstance(gone, Replied)
    assert gone.reply.thinking == ()
