"""The bare machine: real servers and processes in the place of containers."""
