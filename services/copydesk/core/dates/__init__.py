"""Dates: read as they are written, found in running text, and chosen only where nothing is guessed."""
