"""What is true of tracked items. Pure: no I/O, and no clock but the `now` that it is handed."""
