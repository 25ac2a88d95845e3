"""Many attempts at one issue, and the choice among them."""
