"""What becomes of a tracking: registered, merged with what carriers say, changed, stopped."""
