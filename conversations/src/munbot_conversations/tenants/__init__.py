"""Municipalities: what they are called, how they look, when their people answer."""
