"""What accounts are told, and each attempt to tell it."""
