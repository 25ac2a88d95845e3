"""HumanEval's 164 problems with a real model: answered once, and by patchwright's search."""
