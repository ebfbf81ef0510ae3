"""How others write things down: pure functions between bytes and the domain, one file a format."""
