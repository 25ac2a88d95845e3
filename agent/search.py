"""Several attempts at one issue, and the choice among them."""

from collections.abc import Callable, Sequence

from .attempt import Candidate, attempt, worked
from .budget import Budget, Daily
from .control import Control
from .events import SHOWING, Event
from .limits import used
from .log import load
from .models.base import Model, Usage
from .models.fallback import Fallback, Place
from .models.metered import Metered, Rate
from .models.patient import Patient
from .models.select import Source
from .run import Run, state
from .task import TaskError


def search(
    run: Run,
    source: Source,
    most: int,
    control: Control,
    read_event: Callable[[Event], None] = lambda _: None,
    listen: Callable[[str], None] = lambda _: None,
) -> Candidate:
    """Make attempts until one is verified or `most` are made; the best of them.

    On a run that was interrupted, what is in its logs counts and is not done again.
    """
    candidates: list[Candidate] = []
    budgets, rate = budgets_of(run), Rate(run.config.requests_a_minute, run.config.tokens_a_minute)
    place = Place()

    def paid(model: Model) -> Model:
        metered = Metered(model, budgets, rate)
        control.on_stop(metered.close)
        return metered

    source.introduce(paid, control.stop)
    control.check()
    for number in range(SHOWING if run.task.reproduce else 1, most + 1):
        model = model_of(source, number, budgets, rate, place)
        try:
            if number == SHOWING:
                show(run, model, control, read_event, listen)
                continue
            candidates.append(attempt(run, number, model, control, read_event, listen))
        finally:
            model.close()
        if candidates[-1].verdict.verified:
            break
    return choose(candidates)


def show(
    run: Run,
    model: Model,
    control: Control,
    read_event: Callable[[Event], None],
    listen: Callable[[str], None],
) -> None:
    """Have a test written that shows the issue, before anyone tries to solve it. Raises TaskError, as `attempt` does."""
    if model.profile.guided:
        raise TaskError(f"{model.name} repairs functions and writes no tests: leave --reproduce away.")
    with worked(run, SHOWING, model, control, read_event, listen):
        pass


def model_of(source: Source, number: int, budgets: Sequence[Budget], rate: Rate, place: Place) -> Model:
    """The model of an attempt: asked again where it may help, paid, and with others behind it where there are any."""

    def maker(one: Source) -> Callable[[], Model]:
        return lambda: Patient(Metered(one.make(number), budgets, rate))

    makers = [maker(one) for one in (source, *source.others)]
    return Fallback(makers, place) if source.others else makers[0]()


def budgets_of(run: Run) -> list[Budget]:
    """What a run may spend: its own budget, less what its attempts have used so far, within the day's."""
    so_far = sum((used(load(path)) for path in run.logs()), Usage())
    own = Budget("a run", run.config.tokens, run.config.dollars, so_far)
    return [own, Daily(state() / "spent", run.config.dollars_a_day)]


def choose(candidates: Sequence[Candidate]) -> Candidate:
    """The best candidate: verified, then breaks least, fixes most, and is smallest. Pure."""
    return min(candidates, key=rank)


def rank(candidate: Candidate) -> tuple[object, ...]:
    verdict, patch = candidate.verdict, candidate.patch
    return (
        not verdict.verified,
        not patch,
        not verdict.applies,
        len(verdict.broke),
        -len(verdict.fixed),
        patch.added + patch.removed,
        candidate.attempt,
    )
