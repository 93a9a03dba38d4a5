"""Run the platform in containers: the same compose file, by a real container engine."""
