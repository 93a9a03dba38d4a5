"""Citizens, as their channels know them."""
