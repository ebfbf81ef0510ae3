"""What strangers see of a shop and its parcels."""
