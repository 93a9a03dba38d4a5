"""Where the tiles of an office's map are."""
