"""Officials who work in the platform, and their roles."""
