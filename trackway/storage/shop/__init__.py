"""How shops show themselves, and the links that open their pages."""
