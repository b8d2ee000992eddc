"""Adapters between the core and the world: Kafka, state store, process pool, metrics, logging, and in-memory fakes."""
