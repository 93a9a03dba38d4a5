"""The office's numbers, with their credentials encrypted."""
