"""Commands about carriers, and about what they are asked."""
