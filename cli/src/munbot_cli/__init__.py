"""The ./munbot launcher."""
