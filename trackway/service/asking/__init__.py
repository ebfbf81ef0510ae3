"""Who asks which carrier, when, at what cost, and what the answer means."""
