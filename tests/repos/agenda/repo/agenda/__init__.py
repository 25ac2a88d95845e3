"""Free time between meetings."""
