"""Telephones of pretended citizens: what was written on each, and what the page shows."""
