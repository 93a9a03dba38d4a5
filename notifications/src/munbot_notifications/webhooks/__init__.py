"""Webhooks out: other programs of the office hear events over HTTP, signed after Standard Webhooks."""
