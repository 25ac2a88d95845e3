"""What the proofs with a real model share: records that survive a kill, a place to run answers, tables."""
