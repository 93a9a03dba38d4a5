"""What `./munbot test` does: checks, suites, one summary."""
