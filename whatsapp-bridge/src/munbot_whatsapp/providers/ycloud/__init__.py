"""YCloud."""
