"""The part of Meta's Graph API that an office's number needs."""
