"""What happened to complaints, counted."""
