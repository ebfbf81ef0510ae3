"""Whose a number is, told by its form."""
