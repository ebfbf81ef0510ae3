"""Pages for those who wait for a parcel: no sign-in, no script needed, nothing of anybody else."""
