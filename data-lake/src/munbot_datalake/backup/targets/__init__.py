"""Where backups are kept: a folder, or any store that speaks S3."""

from munbot_datalake.backup.settings import TargetSettings
from munbot_datalake.backup.targets.base import Target
from munbot_datalake.backup.targets.folder import FolderTarget
from munbot_datalake.backup.targets.s3 import S3Target

__all__ = ["Target", "open_target"]


def open_target(settings: TargetSettings) -> Target:
    """Open the place that the settings name.

    Raises:
        BackupError: it cannot be reached or written.
    """
    if settings.backup_target.startswith("s3://"):
        return S3Target(settings)
    return FolderTarget(settings.backup_target, settings.backup_namespace)
