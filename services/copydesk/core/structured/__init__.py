"""Structured data of a page: JSON-LD, OpenGraph, meta elements, and what is made of them."""
