"""Text: normalisation, segmentation, counts and language."""
