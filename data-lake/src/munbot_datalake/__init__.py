"""The data lake: archive, questions, images, buckets and backups."""
