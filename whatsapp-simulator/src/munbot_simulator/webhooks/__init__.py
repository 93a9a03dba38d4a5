"""What is told to the platform: signed, in order for each telephone, and again until it was taken."""
