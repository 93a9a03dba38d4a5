"""Whether an answer from the office's documents was of use."""
