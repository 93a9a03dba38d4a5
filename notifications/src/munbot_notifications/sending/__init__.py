"""Notifications and their way out."""
