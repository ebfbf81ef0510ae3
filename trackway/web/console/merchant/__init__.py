"""Pages about what an account tracks, and how it is told."""
