"""What is refused about webhooks."""

from munbot_common.problems import Conflict, Unprocessable

from munbot_notifications.webhooks.texts import say


class UrlRefused(Unprocessable):
    """The address may not be called."""

    code = "webhook_url_refused"
    title = say("problems.url_refused")


class TooManyWebhooks(Conflict):
    """The tenant has as many as it may."""

    code = "webhook_limit"
    title = say("problems.limit")


class WebhookDisabled(Conflict):
    """It is switched off."""

    code = "webhook_disabled"
    title = say("problems.disabled")
