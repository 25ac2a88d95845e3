"""What evolution reaches with the embedded model."""
