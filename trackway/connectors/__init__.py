"""One file for each carrier that we can ask, and what they have in common."""
