"""A postal operator: its items, its partners, its words."""
