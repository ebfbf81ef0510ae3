"""What the program can do. Plain objects in, outcomes out: no HTTP, no SQL, no JSON."""
