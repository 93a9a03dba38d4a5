"""Backups, restores and drills of an instance, natively or in containers."""
