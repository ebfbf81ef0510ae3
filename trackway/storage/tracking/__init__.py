"""What accounts follow: trackings kept, found, changed and counted."""
