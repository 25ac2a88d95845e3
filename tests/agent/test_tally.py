from pathlib import Path

from fakes import RIGHT, WRONG, begun
from patchwright.agent.attempt import attempt
from patchwright.agent.control import Control
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.tally import Tally, tallied
from patchwright.tools.base import Call


def test_what_a_model_did_well_and_badly_is_counted_from_its_logs(repo: Path) -> None:
    replies = [
        say(text="I would do it so."),
        say(call("edit", path="stats.py", old="not there", new="x")),
        say(call("edit", path="stats.py", old=WRONG)),
        say(
            call("browse", url="x"),
            Call(id="", tool="read", problem="read: the arguments are not valid JSON"),
        ),
        say(call("write", path="note.txt", text="x\n")).model_copy(update={"form": "xml"}),
        say(call("edit", path="stats.py", old=WRONG.rstrip("\n") + "  \n", new=RIGHT)),
        say(call("finish", summary="done")),
    ]
    with begun(repo) as run:
        attempt(run, 1, Scripted(*replies), Control())
        counts = tallied(run.logs(), "scripted")
        assert tallied(run.logs(), "another") == Tally()
    assert (counts.attempts, counts.answers, counts.prose) == (1, 7, 1)
    assert counts.calls == {"native": 6, "xml": 1}
    assert counts.wrong == {"arguments": 1, "unknown tool": 1, "unreadable": 1}
    assert sum(counts.landed.values()) == 2 and counts.landed["whole"] == 1
    assert counts.refused == {"not found": 1}
    assert (counts + counts).calls == {"native": 12, "xml": 2}
