"""Texts for people, in Spanish."""
