"""Direct speech: where it stands, and who says it."""
