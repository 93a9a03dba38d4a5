from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from munbot_common.auth import Role, TenantMissing, TokenInvalid, TokenSigner, TokenVerifier
from munbot_common.problems import NotFound


def test_round_trip(key_pair):
    conversation = uuid4()
    token = TokenSigner(key_pair[0]).issue(
        subject="v", role=Role.VISITOR, tenant="a", lifetime=timedelta(hours=1), conversation_id=conversation
    )
    principal = TokenVerifier(key_pair[1]).verify(token, tenant_header="b")
    assert (principal.tenant, principal.role, principal.conversation_id) == ("a", Role.VISITOR, conversation)
    principal.check_conversation(conversation)
    with pytest.raises(NotFound):
        principal.check_conversation(uuid4())


def test_service_names_its_tenant(key_pair, make_token):
    verifier = TokenVerifier(key_pair[1])
    assert verifier.verify(make_token("service"), tenant_header="b").tenant == "b"
    with pytest.raises(TenantMissing):
        verifier.verify(make_token("service"))


def test_stale_token(key_pair):
    signer = TokenSigner(key_pair[0], clock=lambda: datetime.now(UTC) - timedelta(hours=2))
    token = signer.issue(subject="x", role=Role.ADMIN, tenant="a", lifetime=timedelta(hours=1))
    with pytest.raises(TokenInvalid):
        TokenVerifier(key_pair[1]).verify(token)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_other_algorithms_are_refused(key_pair, algorithm):
    claims = {"iss": "munbot", "aud": "munbot", "sub": "x", "role": "admin", "tenant": "a", "iat": 0, "exp": 9999999999}
    token = jwt.encode(claims, None if algorithm == "none" else "k" * 40, algorithm=algorithm)
    with pytest.raises(TokenInvalid):
        TokenVerifier(key_pair[1]).verify(token)


@pytest.mark.parametrize("change", [{"aud": "other"}, {"iss": "other"}, {"role": "root"}, {"conversation_id": "x"}])
def test_wrong_claims(key_pair, change):
    claims = {"iss": "munbot", "aud": "munbot", "sub": "x", "role": "admin", "tenant": "a", "iat": 0, "exp": 9999999999}
    token = jwt.encode({**claims, **change}, key_pair[0], algorithm="EdDSA")
    with pytest.raises(TokenInvalid):
        TokenVerifier(key_pair[1]).verify(token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_garbage(key_pair, token):
    with pytest.raises(TokenInvalid):
        TokenVerifier(key_pair[1]).verify(token)
