"""Photos and documents: they go straight to the object store, and are checked before anybody sees them."""
