"""Delivery on Kafka: pumps that consume, outboxes that publish and commit in one transaction, the ledger between them."""
