"""Reminders of appointments: rows that say when to remind whom, and the worker's part that says so."""
