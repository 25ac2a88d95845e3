"""How right the verdicts of `patchwright verify` are."""
