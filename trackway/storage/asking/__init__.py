"""What is asked of carriers, when, with what, and what came of it."""
