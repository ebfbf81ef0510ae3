"""How fast Trackway is, beside the bare server and beside the usual way to write one."""
