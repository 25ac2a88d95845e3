"""`patchwright model`: the embedded model's weights."""

import argparse

from ..agent.models import weights
from .ending import OK, say


def model(options: argparse.Namespace) -> int:
    """Get the weights, or check those that are there."""
    print(weights.ensure(None, say))
    return OK
