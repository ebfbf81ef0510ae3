"""What stands around all faces."""
