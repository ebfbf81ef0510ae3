"""People at the console: who they are, how they come in, what they did."""
