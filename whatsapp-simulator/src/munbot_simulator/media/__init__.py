"""Files that telephones and the office send."""
