"""When carriers are asked, at what cost, and what they send by themselves."""
