"""Commands of a postal operator."""
