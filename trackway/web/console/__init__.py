"""The console: pages for people, made on the server. No rule lives here; every page calls the same services."""
