"""A person's rights over their data, over every store."""
