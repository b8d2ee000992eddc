"""A page's tree before and after extraction: mended where it is broken, freed of what is no part of the story."""
