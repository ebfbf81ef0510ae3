"""Who may call, who uses the console, and what was done there."""
