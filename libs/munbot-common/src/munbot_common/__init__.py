"""Plumbing shared by the Munbot services."""
