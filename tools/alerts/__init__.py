"""Prometheus' rules as code: `python -m tools.alerts` writes deploy/prometheus/rules/."""
