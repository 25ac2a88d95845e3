"""patchwright edits a repository until its tests pass, and says what it verified."""

__version__ = "0.1.0"
