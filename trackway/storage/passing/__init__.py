"""What all processes share for a while."""
