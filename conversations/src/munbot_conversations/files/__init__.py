"""Files in conversations: what officials send, and what anybody who may read a conversation fetches."""
