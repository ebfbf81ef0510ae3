"""Pages about people: how they come in, who they are, what they did."""
