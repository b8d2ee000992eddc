"""The pure core: data in, outcome out. No clock, environment, randomness, log, metric, network or file access."""
