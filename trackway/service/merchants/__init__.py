"""What an account may do with its trackings, and how it is told of them."""
