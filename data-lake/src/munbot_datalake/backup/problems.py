"""What can go wrong, each with one readable line."""

__all__ = ["BackupError", "BackupUnusable", "NoRecoveryKey", "StoreNotEmpty"]


class BackupError(Exception):
    """Saving or bringing back stopped; the message is for a person."""


class BackupUnusable(BackupError):
    """A backup is not there, is not complete, or is not what was written."""


class StoreNotEmpty(BackupError):
    """A restore would overwrite data, and nobody said that it may."""


class NoRecoveryKey(BackupError):
    """Secrets cannot be sealed, or a seal cannot be opened."""
