"""The one place where the parts are put together, a file for each who uses them."""
