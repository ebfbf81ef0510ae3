"""Deliver to twenty local receivers, one of which hangs: Trackway beside a bare loop that posts the same bytes."""
