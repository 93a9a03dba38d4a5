"""Words for people, in Spanish, and the built-in templates."""
