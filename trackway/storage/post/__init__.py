"""An operator's items, partners and words."""
