"""The operator's side: its items, and the words for what happened to them."""
