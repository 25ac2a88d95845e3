"""Hours of a week."""
