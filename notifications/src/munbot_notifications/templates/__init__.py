"""What is said: built-in templates, and each municipality's own."""
