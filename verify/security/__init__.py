"""What code newly opens to an attacker, by its syntax: nothing here runs or imports what it reads."""
