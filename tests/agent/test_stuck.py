from pathlib import Path

from fakes import RIGHT, WRONG, begun, good_model
from patchwright.agent.attempt import Candidate, attempt
from patchwright.agent.control import Control
from patchwright.agent.events import Observed, Replied
from patchwright.agent.log import load
from patchwright.agent.models.base import SMALL, Reply
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.search.starts import focus
from patchwright.agent.stuck import HINT, at_a_loss
from patchwright.tools.base import Observation

TO_RIGHT = call("edit", path="stats.py", old=WRONG, new=RIGHT)
TO_WRONG = call("edit", path="stats.py", old=RIGHT, new=WRONG)


def tried(repo: Path, *replies: Reply) -> tuple[Candidate, list[Observation]]:
    with begun(repo) as run:
        candidate = attempt(run, 1, Scripted(*replies), Control())
        events = load(run.log_path(1))
        assert candidate.ended.reason != "scripted"
        return candidate, [e.observation for e in events if isinstance(e, Observed)]


def kinds(seen: list[Observation]) -> str:
    """`.` done, `h` done with a hint, `-` not done."""
    return "".join("-" if o.data.get("repeated") else "h" if o.text.endswith(HINT) else "." for o in seen)


def test_the_same_look_is_hinted_at_then_not_taken_then_the_end(repo: Path) -> None:
    candidate, seen = tried(repo, *[say(call("read", path="stats.py")) for _ in range(9)])
    assert kinds(seen) == "..h--"
    assert (candidate.ended.outcome, candidate.ended.reason) == (
        "repeats",
        "the model repeats a call of read that changes nothing",
    )


def test_a_refused_call_is_a_hint_already(repo: Path) -> None:
    _, seen = tried(repo, *[say(call("edit", path="stats.py", old="nowhere", new="x")) for _ in range(9)])
    assert kinds(seen) == ".h--"


def test_a_small_model_that_repeats_a_refused_call_is_asked_no_more(repo: Path) -> None:
    refused = [
        say(call("define", path="stats.py", code=f"median = {n}\n" if n else "x = (\n")) for n in (0, 1, 0, 0)
    ]
    with begun(repo) as run:
        candidate = attempt(run, 1, Scripted(*refused, profile=SMALL), Control())
        seen = [e for e in load(run.log_path(1)) if isinstance(e, Observed)]
    assert [e.observation.ok for e in seen] == [False, False, False]
    assert candidate.ended.reason == "the model repeats a call of define that was refused"


def test_attempts_look_at_the_likeliest_place_every_other_time() -> None:
    assert [focus(attempt) for attempt in range(1, 9)] == [0, 0, 1, 0, 2, 0, 3, 0]


def test_the_patch_of_a_circle_is_judged_all_the_same(repo: Path) -> None:
    candidate, seen = tried(repo, say(TO_RIGHT), *[say(call("read", path="README.md")) for _ in range(9)])
    assert kinds(seen) == "...h--"
    assert candidate.verdict.verified


def test_tests_after_an_edit_are_no_repetition(repo: Path) -> None:
    edits = [
        say(call("write", path="note.txt", text=f"{n}\n"), call("test"), call("run", command="cat note.txt"))
        for n in range(6)
    ]
    candidate, seen = tried(repo, *edits, *good_model())
    assert "h" not in kinds(seen)
    assert "-" not in kinds(seen)
    assert candidate.ended.outcome == "finished"


def test_an_edit_and_its_undoing_again_and_again_is_a_circle(repo: Path) -> None:
    candidate, seen = tried(repo, *[say(TO_RIGHT), say(TO_WRONG)] * 9)
    assert kinds(seen) == "....hh-.-"
    assert candidate.ended.outcome == "repeats"


def test_what_makes_no_difference_is_the_same_call(repo: Path) -> None:
    path, dotted = say(call("read", path="stats.py")), say(call("read", path="./stats.py"))
    assert kinds(tried(repo, path, dotted, path, *good_model())[1])[:3] == "..h"
    command, blanks = say(call("run", command="ls")), say(call("run", command=" ls\n"))
    assert kinds(tried(repo, command, blanks, command, *good_model())[1])[:3] == "..h"


def test_what_differs_only_in_the_time_it_took_is_the_same(repo: Path) -> None:
    asked = [
        say(call("run", command="echo 3 passed in 0.$(date +%N)s at $(date +%H:%M:%S)")) for _ in range(9)
    ]
    assert kinds(tried(repo, *asked)[1]) == "..h--"


def test_what_answers_something_else_each_time_may_go_on(repo: Path) -> None:
    asked = [say(call("run", command="head -c 8 /dev/urandom | base64 | tr 0-9 a-j")) for _ in range(9)]
    assert kinds(tried(repo, *asked, *good_model())[1]).startswith("." * 9)


def test_waiting_for_a_job_is_no_circle(repo: Path) -> None:
    looks = [say(call("job", number=1)) for _ in range(9)]
    assert set(kinds(tried(repo, say(call("start", command="sleep 60")), *looks, *good_model())[1])) == {"."}


def test_a_hint_that_is_taken_is_forgotten(repo: Path) -> None:
    look = say(call("read", path="stats.py"))
    candidate, seen = tried(repo, look, look, look, *good_model())
    assert kinds(seen)[:3] == "..h"
    assert candidate.verdict.verified


def test_a_model_that_talks_is_at_a_loss_only_after_a_while() -> None:
    talk = [Replied(reply=say(text="I would…"))]
    assert at_a_loss(talk * 3, ["read"]) == ""
    assert at_a_loss(talk * 4, ["read"]) == "the model called no tool in 4 answers"
    assert at_a_loss([Replied(reply=say(call("read"))), *talk * 3], ["read"]) == ""
