"""Delivery on Kafka: pumps consume, outboxes publish and commit in one transaction, the ledger lies between."""
