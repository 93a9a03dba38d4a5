"""X-Twilio-Signature.

Base64 of the HMAC-SHA1, keyed with the account's token, of the address that Twilio called followed by name and value of
each form field, sorted by name (twilio.com/docs/usage/webhooks/webhooks-security). Whether the address has its port
in it depends on Twilio, so both are tried, as Twilio's own libraries do.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from munbot_whatsapp.providers.base import SignatureInvalid
from munbot_whatsapp.providers.signing import same

_PORTS = {"https": 443, "http": 80}


def signature_of(token: bytes, url: str, fields: list[tuple[str, str]]) -> str:
    """Return the signature of a form posted to `url`. A field that comes twice counts once for each of its values."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token, signed.encode(errors="replace"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def require(token: bytes, url: str, fields: list[tuple[str, str]], given: str) -> None:
    """Raise SignatureInvalid unless `given` is the signature of the form."""
    if not any([same(signature_of(token, address, fields), given) for address in _addresses(url)]):  # noqa: C419  # all
        msg = "the signature is another one"
        raise SignatureInvalid(msg)


def _addresses(url: str) -> list[str]:
    """Return the address without and with its port."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.removesuffix(f":{parts.port}") if parts.port else parts.netloc)
    port = parts.port or _PORTS.get(parts.scheme, 443)
    return [bare.geturl(), bare._replace(netloc=f"{bare.netloc}:{port}").geturl()]
