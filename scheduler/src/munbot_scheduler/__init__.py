"""Appointments without double booking."""
