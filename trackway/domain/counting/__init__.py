"""What is counted of trackings."""
