"""Names in text: tables, tokens, candidates, kinds and coreference. Pure rules over packaged tables."""
