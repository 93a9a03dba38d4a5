"""How far each official has read."""
