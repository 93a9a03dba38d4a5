"""Signatures after Standard Webhooks (https://www.standardwebhooks.com, specification 1.0.0)."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Return a new secret: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secrets_: Sequence[str], *, message_id: str, now: datetime, body: str) -> dict[str, str]:
    """Return the headers that prove where a message comes from: one signature for each secret that holds now.

    Args:
        secrets_: the new one, and the old one while both hold.
        message_id: the same in every attempt, by which a receiver knows a repetition.
        now: moment of the attempt, in UTC; receivers refuse what is minutes old.
        body: exactly as it is sent.
    """
    signatures = [Signer(secret).sign(message_id, now, body) for secret in secrets_]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
