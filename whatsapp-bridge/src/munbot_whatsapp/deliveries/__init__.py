"""What is to be sent, in order per citizen, each once."""
