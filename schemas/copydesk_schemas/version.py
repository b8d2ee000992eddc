"""Version of the data contract."""

SCHEMA_VERSION = "1.0"
"""`schema_version` of every record published. A minor step only adds optional fields or members of open enums."""
