"""Lines of a plain-text scrape: what they look like, what they are, and what they say."""
