"""Complaints with a folio that can be followed."""
