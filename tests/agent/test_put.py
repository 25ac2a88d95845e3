"""Where a file is written that somebody named."""

import os
import stat
import threading
from pathlib import Path

from patchwright.agent.run import put


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/patch.diff")
    for text in ("one", "two"):
        put(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink() and (tmp_path / "there/patch.diff").read_text() == text


def test_a_pipe_stays_a_pipe_and_so_does_a_device(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    put(pipe, "a patch")
    reader.join(10)
    assert read == ["a patch"] and stat.S_ISFIFO(pipe.stat().st_mode)
    assert [*tmp_path.iterdir()] == [pipe]
