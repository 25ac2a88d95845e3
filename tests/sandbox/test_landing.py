"""A patch put where the user asked for it."""

from pathlib import Path

import pytest
from patchwright.sandbox import landing
from patchwright.sandbox.checkout import CheckoutError
from patchwright.sandbox.patch import parse


def test_a_patch_is_applied_whole_or_not_at_all(repo: Path) -> None:
    text = (
        "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# stats\n+# Stats\n"
        "--- a/stats.py\n+++ b/stats.py\n@@ -1 +1 @@\n-not there\n+x\n"
    )
    with pytest.raises(CheckoutError, match="does not apply"):
        landing.apply(repo, parse(text))
    assert (repo / "README.md").read_text() == "# stats\n"
    landing.apply(repo, parse(text[: text.index("--- a/stats.py")]))
    assert (repo / "README.md").read_text() == "# Stats\n"


def test_a_branch_is_made_beside_the_checkout(repo: Path, git) -> None:
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.com")):
        git(repo, "config", name, value)
    (repo / "dirt").write_text("mine")
    text = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# stats\n+# Stats\n"
    head = git(repo, "rev-parse", "HEAD").strip()
    made = landing.branch(repo, "fix/it", parse(text), head, "Fix it")
    assert git(repo, "show", "fix/it:README.md") == "# Stats\n"
    assert git(repo, "log", "-1", "--format=%P %an %s", made) == f"{head} Ana Fix it\n"
    assert git(repo, "status", "--short") == "?? dirt\n"
    with pytest.raises(CheckoutError, match="no branch 'fix/it' was made"):
        landing.branch(repo, "fix/it", parse(text), head, "again")


def test_a_checkout_that_is_gone_is_said(tmp_path: Path) -> None:
    patch = parse("--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-# stats\n+# Stats\n")
    with pytest.raises(CheckoutError, match=r"does not apply to .*gone"):
        landing.apply(tmp_path / "gone", patch)
