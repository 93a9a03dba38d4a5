"""From a message in to its replies out."""
