"""What the public page shows without a login: the office's name and colours, procedures and offices."""
