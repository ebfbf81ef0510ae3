"""What the faces speak, described: an OpenAPI document for each, and a page that shows it."""
