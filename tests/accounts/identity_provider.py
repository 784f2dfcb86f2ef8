"""A tenant of Entra ID on this computer: real HTTP, really signed tokens, and one lie where a test wants it."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
CLIENT_ID = "6731de76-14a6-49ae-97bc-6eba6914391e"
CLIENT_SECRET = "the portal's secret at the tenant"
KEY_ID = "key-of-the-tenant"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of this name; making one takes long enough to keep it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """The tenant's data and answers; a test changes `person`, `claims`, `header` or `signing_key`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.issuer = f"{address}/{TENANT}/v2.0"
        self.person: dict[str, Any] = {"oid": "0b7e-anna", "preferred_username": "anna@contoso.example"}
        self.claims: dict[str, Any] = {}
        self.signing_key = key("tenant")
        self.algorithm = "RS256"
        self.is_silent = False
        self.published: Any = None
        self.grants: dict[str, dict[str, str]] = {}
        self.refusals: list[str] = []

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/nobody-asks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> Any:
        if self.published is not None:
            return self.published
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("tenant").public_key()))
        return {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the tenant sends the person after they signed in there."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.grants)}"
        self.grants[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return the tokens for a code, once, to the client who can show the verifier of its challenge."""
        grant = self.grants.pop(asked.get("code", ""), None)
        verifier = asked.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        if grant is None or challenge != grant["code_challenge"] or asked.get("client_secret") != CLIENT_SECRET:
            self.refusals.append("spent code" if grant is None else "wrong verifier or secret")
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token(grant)}

    def id_token(self, grant: dict[str, str]) -> str:
        now = int(time.time())
        facts = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "tid": TENANT}
        claims = facts | {"nonce": grant["nonce"], "sub": "pairwise"} | self.person | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self.signing_key, algorithm=self.algorithm, headers={"kid": KEY_ID})


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """Run a tenant on a free port of the loopback interface."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    server.tenant = IdentityProvider(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread.start()
    try:
        yield server.tenant  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        tenant, address = self.server.tenant, urlsplit(self.path)  # type: ignore[attr-defined]
        pages: dict[str, Callable[[], Any]] = {
            f"/{TENANT}/v2.0/.well-known/openid-configuration": tenant.discovery,
            "/keys": tenant.keys,
        }
        if address.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", tenant.authorize(flat(address.query)))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif address.path in pages and not tenant.is_silent:
            self.answer(200, pages[address.path]())
        else:
            self.answer(503, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(*self.server.tenant.token(flat(body)))  # type: ignore[attr-defined]

    def answer(self, status: int, facts: dict[str, Any]) -> None:
        body = json.dumps(facts).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
