"""A model that answers what another one answered in a run before."""

from ..events import Event, Replied
from .base import CAPABLE, Profile
from .scripted import Scripted


def recorded(events: list[Event], name: str = "recorded", profile: Profile = CAPABLE) -> Scripted:
    """The answers of a log, in order: what is deterministic in a run happens again."""
    return Scripted(*(e.reply for e in events if isinstance(e, Replied)), name=name, profile=profile)
