"""What we keep: one file for each thing kept, the same statements on SQLite and PostgreSQL."""
