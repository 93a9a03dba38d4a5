"""What citizens and officials are told."""
