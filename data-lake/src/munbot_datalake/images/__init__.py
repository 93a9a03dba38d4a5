"""Pictures of an office's catalogues, in the size and format that an address asks for."""
