"""What the office knows: its documents and question/answer pairs, kept in the object store, searched from memory."""
