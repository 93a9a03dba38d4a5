"""Components of the NLU pipeline, named in config.yml by their import path."""
