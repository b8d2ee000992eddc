"""Format parsers: each makes drafts of articles from one decoded document."""
