"""Enrichment: what is added to a clean article. One enricher a module, run in the order of the registry."""
