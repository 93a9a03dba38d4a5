"""YCloud: the Cloud API by a partner of Meta's."""

from munbot_whatsapp.providers.ycloud.client import YCloudProvider

__all__ = ["YCloudProvider"]
