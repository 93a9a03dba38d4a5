"""Every table of the service, for Alembic and its test: import this, and `Base.metadata` is whole."""

from munbot_notifications.officials import models as officials
from munbot_notifications.preferences import models as preferences
from munbot_notifications.sending import models as sending
from munbot_notifications.templates import models as templates
from munbot_notifications.webhooks import models as webhooks

__all__ = ["officials", "preferences", "sending", "templates", "webhooks"]
