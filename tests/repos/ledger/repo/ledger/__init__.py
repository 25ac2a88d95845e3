"""A small household account."""
