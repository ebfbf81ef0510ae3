"""What comes with the program, or in the operator's files."""
