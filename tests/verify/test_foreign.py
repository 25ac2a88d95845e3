"""Lines of other languages that get past tests, and honest ones."""

import pytest
from patchwright.verify.foreign import foreign

ERRORS = {
    "a.js": [
        "process.exitCode = 0;",
        "process.on('exit', f);",
        "if (process.env.JEST_WORKER_ID) {}",
        "require('assert').equal = f;",
        "global.expect = f;",
    ],
    "a.ts": ["if (typeof jest !== 'undefined') {}", "if (process.env.NODE_ENV === 'test') {}"],
    "a.go": ["if testing.Testing() {", 'import "testing"'],
    "a.rs": ["if cfg!(test) {", 'std::env::var("NEXTEST")'],
    "a.rb": ["return if defined?(RSpec)"],
    "a.php": ["if (defined('PHPUNIT_COMPOSER_INSTALL')) {}"],
}
HONEST = {
    "a.js": [
        "process.exitCode = 1;",
        "const a = process.env.NODE_ENV;",
        "const assert = require('assert');",
        "process.exit(1);",
    ],
    "a.ts": ["export const test = (a: string) => a;"],
    "a.go": ["os.Exit(1)", 'import "fmt"'],
    "a.rs": ["#[cfg(test)]\nmod tests {"],
    "a.rb": ["exit 1"],
    "a.md": ["process.exitCode = 0;"],
}


@pytest.mark.parametrize(("path", "code"), [(p, c) for p, several in ERRORS.items() for c in several])
def test_what_gets_past_tests_is_told(path: str, code: str) -> None:
    found = [*foreign(path, "\n", f"\n\n{code}\n")]
    assert {(f.line, f.path) for f in found if f.severity == "error"} == {(3, path)}
    assert [*foreign(path, f"{code}\n", f"\n{code}\n")] == []


@pytest.mark.parametrize(("path", "code"), [(p, c) for p, several in HONEST.items() for c in several])
def test_other_lines_are_not(path: str, code: str) -> None:
    assert [f for f in foreign(path, "", f"{code}\n") if f.severity == "error"] == []
