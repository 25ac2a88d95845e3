"""The face on a terminal's whole screen."""
