"""The one way out to addresses that users give us, all hostile until checked."""
