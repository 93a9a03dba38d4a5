"""Answers from an office's own documents, a GGUF model behind a gateway, voice notes to text."""
