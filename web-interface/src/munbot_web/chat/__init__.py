"""Citizens' messages in, the office's replies out."""
