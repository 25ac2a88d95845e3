"""What a patch was checked for, and what came of it."""
