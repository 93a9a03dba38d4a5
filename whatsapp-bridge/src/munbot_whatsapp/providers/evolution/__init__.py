"""Evolution API (unofficial, Baileys or Cloud API)."""
