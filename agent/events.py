"""What happened, as data. A run is a list of these; everything else is derived from it."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from ..sandbox.base import Frozen
from ..sandbox.checkout import Base
from ..sandbox.network import Connection
from ..sandbox.patch import Patch
from ..tools.base import Call, Observation
from ..verify.verdict import Verdict
from .models.base import Reply, Usage
from .task import Limits, Task


class Fact(Frozen):
    """One thing that happened; the log gives it its place and time."""

    seq: int = -1
    at: float = 0.0
    """Seconds since 1970."""


SHOWING = 0
"""The number of the attempt at a test that shows the issue."""


class Fork(Frozen):
    """Where an attempt goes on from: the events of another one, up to and with the one of this number."""

    attempt: int
    seq: int


class Start(Frozen):
    """How an attempt begins, so that it is another one than those before."""

    focus: int = 0
    """Which of the suspected places it looks at first, where a model is shown them: 0 is the likeliest."""
    angle: str = ""
    """What its task says besides."""
    fork: Fork | None = None
    turn: int = 0
    """Which batch of answers it is of, where it is one of a batch."""
    hole: int = 0
    """Which of the places that could be filled in anew was, counted from 1; 0: none."""
    seconds: float = 0.0
    """What is left of the run's; 0: no limit."""


class Opened(Fact):
    """An attempt began."""

    kind: Literal["opened"] = "opened"
    version: str
    task: Task
    base: Base
    model: str
    sandbox: str
    network: str = ""
    """What was opened; empty: nothing."""
    limits: Limits
    prompts: str
    """Digest of the prompts."""
    attempt: int = 1
    start: Start = Start()
    """With a fork, the events that follow are copies of the other attempt's, with their numbers."""


class Said(Fact):
    """Something was said to the model."""

    kind: Literal["said"] = "said"
    role: Literal["system", "user"]
    text: str
    about: Literal["rules", "task", "baseline", "reminder", "user"] = "user"


class Replied(Fact):
    """The model answered."""

    kind: Literal["replied"] = "replied"
    reply: Reply
    model: str = ""
    """Who it was, where it is not the one that the attempt was opened with."""
    seconds: float = 0.0


class Called(Fact):
    """A call is about to be done. Without its Observed, the run died there."""

    kind: Literal["called"] = "called"
    call: Call


class Observed(Fact):
    """What came of a call."""

    kind: Literal["observed"] = "observed"
    observation: Observation


class Changed(Fact):
    """The files are different now: the snapshot that holds them."""

    kind: Literal["changed"] = "changed"
    tree: str


class Narrowed(Fact):
    """The provider could not take a conversation of this length: from now on it has to be shorter."""

    kind: Literal["narrowed"] = "narrowed"
    window: int
    """Tokens, as we estimate them."""


class Summarised(Fact):
    """The oldest turns are dropped from now on, with what the model wrote of them in their place."""

    kind: Literal["summarised"] = "summarised"
    text: str
    """Empty: it was asked to and could not."""
    usage: Usage = Usage()
    seconds: float = 0.0


class Connected(Connection, Fact):
    """A connection through the proxy is over, or was refused; told when it ends, whatever happened meanwhile."""

    kind: Literal["connected"] = "connected"


class Proposed(Fact):
    """The model wrote another version of the definition that is evolved."""

    kind: Literal["proposed"] = "proposed"
    number: int
    """From 1; 0 is the base's own version."""
    island: int
    parents: tuple[int, ...]
    """The versions that it was shown, the best one last."""
    reply: Reply
    model: str = ""
    """Who it was, where it is not the one that the run was opened with."""
    seconds: float = 0.0


class Scored(Fact):
    """A version was run for its score."""

    kind: Literal["scored"] = "scored"
    number: int
    island: int | None = None
    """None: the base's version, which all islands begin with."""
    code: str = ""
    """The definition as it stands in its file; empty where the answer held none."""
    score: float | None = None
    signature: tuple[float, ...] = ()
    """All that it was measured by, the score last: versions that are alike in this are of one cluster."""
    names: tuple[str, ...] = ()
    """What those numbers are called; empty for one that has no name."""
    reason: str = ""
    """Why it has no score."""
    same: int | None = None
    """The version that it is the same as: it was not run again."""
    best: float | None = None
    """The best score so far, this one included."""
    touches: tuple[str, ...] = ()
    """Of the base's own run: files of the base that it changes."""
    seconds: float = 0.0


class Rescored(Fact):
    """The best version's score was measured once more, in a fresh workspace."""

    kind: Literal["rescored"] = "rescored"
    number: int
    score: float | None = None
    reason: str = ""
    seconds: float = 0.0


class Expected(Fact):
    """The model said what calls of a function have to come to. It weighs in the choice beside the votes; no verdict goes
    by it."""

    kind: Literal["expected"] = "expected"
    path: str
    name: str
    texts: tuple[str, ...]
    """Its answers: lines of assertions, and whatever stands between them."""
    usage: Usage = Usage()
    seconds: float = 0.0


class Filled(Fact):
    """The model filled in places of the code. Where it came to something else, that is an answer; most often it did not."""

    kind: Literal["filled"] = "filled"
    looked: int
    """How many places that makes since the run began."""
    usage: Usage = Usage()
    seconds: float = 0.0


class Ended(Fact):
    """The attempt is over, with the patch it leaves."""

    kind: Literal["ended"] = "ended"
    outcome: Literal["finished", "limit", "stuck", "repeats", "left"]
    """`stuck`: no usable call at all; `repeats`: the same call again and again; `left`: the search goes on elsewhere,
    from here or not."""
    reason: str = ""
    patch: Patch


class Alike(Fact):
    """The patch is that of an earlier attempt, but for comments and layout: it is not run again."""

    kind: Literal["alike"] = "alike"
    attempt: int


class Judged(Fact):
    """The patch was verified in a fresh workspace, or was not."""

    kind: Literal["judged"] = "judged"
    verdict: Verdict


Event = Annotated[
    Opened
    | Said
    | Replied
    | Called
    | Observed
    | Changed
    | Narrowed
    | Summarised
    | Connected
    | Proposed
    | Scored
    | Rescored
    | Expected
    | Filled
    | Ended
    | Alike
    | Judged,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(defer_build=True))
