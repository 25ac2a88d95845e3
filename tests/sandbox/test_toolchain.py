"""What a sandbox without an image sees of the tools that are installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import write_files
from patchwright.sandbox import toolchain
from patchwright.sandbox.bubblewrap import Bubblewrap
from patchwright.sandbox.folders import Folders


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bubblewrap]:
    write_files(
        tmp_path / "user",
        {
            "rustup/toolchains/stable/bin/cargo": "",
            "cargo/registry/cache/itoa.crate": "a crate",
            "cargo/credentials.toml": "a token",
        },
    )
    monkeypatch.setenv("RUSTUP_HOME", str(tmp_path / "user/rustup"))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "user/cargo"))
    folders = Folders(base=tmp_path / "base", work=tmp_path / "work", root="/work")
    folders.base.mkdir()
    with Bubblewrap(folders) as sandbox:
        yield sandbox


def test_compilers_that_a_shim_stands_for_are_seen(sandbox: Bubblewrap) -> None:
    assert sandbox.run(["sh", "-c", 'ls "$RUSTUP_HOME"/toolchains']).output == "stable\n"


def test_downloaded_crates_are_seen_and_the_users_tokens_are_not(sandbox: Bubblewrap, tmp_path: Path) -> None:
    assert sandbox.run(["cat", "/tmp/home/.cargo/registry/cache/itoa.crate"]).output == "a crate"
    for folder in ("/tmp/home/.cargo", tmp_path / "user/cargo"):
        assert not sandbox.run(["cat", f"{folder}/credentials.toml"]).ok


def test_settings_without_which_a_systems_tool_does_not_start_are_seen(sandbox: Bubblewrap) -> None:
    names = toolchain.settings(Path("/etc"))
    assert sandbox.run(["ls", "-d", *(f"/etc/{name}" for name in names)]).ok
    for name in names:
        assert sandbox.run(["ls", f"/etc/{name}"]).output.split() == sorted(
            path.name for path in Path("/etc", name).iterdir()
        )


def test_the_settings_are_those_of_php_maven_gradle_and_java(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"php/x": "", "java-17-openjdk/x": "", "java/x": "", "shadow": "", "javascript/x": ""}
    )
    assert toolchain.settings(tmp_path) == ["java", "java-17-openjdk", "php"]
