"""What pages for people are made with, those of the console and the public ones: files, templates and texts."""
