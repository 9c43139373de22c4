"""Access tokens that must not pass: each is well made but for one oddity, which names it."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.adapters.tokens.jwt.signing_keys import read_signing_keys
from app.kernel.ids import new_id
from tests.unit.token_doubles import ES256_KEY, OTHER_SECRET, SECRET

NOW = 1_800_000_000
HEADER = {"alg": "HS256", "kid": "k1", "typ": "at+jwt"}
CLAIMS = {
    "iss": "shop",
    "aud": "mini-program",
    "sub": str(new_id()),
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 600,
    "jti": str(new_id()),
    "sid": str(new_id()),
    "ver": 1,
}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def forged(header: Any = HEADER, claims: Any = CLAIMS, secret: bytes = SECRET) -> str:
    """Signed with the true key unless told otherwise, so that only the oddity can be the reason."""
    head = header if isinstance(header, bytes) else compact(header)
    body = claims if isinstance(claims, bytes) else compact(claims)
    signed = f"{b64(head)}.{b64(body)}"
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def raw(name: str, text: str) -> bytes:
    """The claims with one of them written as given, JSON or not."""
    return compact(without(name))[:-1] + f',"{name}":{text}}}'.encode()


def unsigned(alg: object) -> str:
    return ".".join(forged({**HEADER, "alg": alg}).split(".")[:2]) + "."


def signed_with_the_public_key(alg: str) -> str:
    [key] = read_signing_keys(ES256_KEY)
    return forged({"alg": alg, "kid": "e1", "typ": "at+jwt"}, secret=key.key.as_pem(private=False))


def rs256() -> str:
    private = rsa.generate_private_key(65537, 2048)
    signed = f"{b64(compact({**HEADER, 'alg': 'RS256'}))}.{b64(compact(CLAIMS))}"
    return f"{signed}.{b64(private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def padded(part: int) -> str:
    parts = forged().split(".")
    parts[part] += "="
    return ".".join(parts)


def with_spare_bits() -> str:
    """The same signature in another spelling: the last letter carries two bits that say nothing."""
    text = forged()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1]) + 1]


ALGORITHMS: dict[str, Callable[[], str]] = {
    **{f"alg {alg}": lambda alg=alg: unsigned(alg) for alg in ("none", "None", "NONE", "nOnE", "")},
    **{f"alg {alg!r}": lambda alg=alg: forged({**HEADER, "alg": alg})
       for alg in ("hs256", "HS384", "HS512", "ES256", None, 256, ["HS256"])},
    "no alg": lambda: forged({"kid": "k1", "typ": "at+jwt"}),
    "blank secret": lambda: forged(secret=b""),
    "another secret": lambda: forged(secret=OTHER_SECRET),
    "no signature": lambda: forged().rsplit(".", 1)[0] + ".",
    "HS256 with the public key": lambda: signed_with_the_public_key("HS256"),
    "ES256 label on the public key": lambda: signed_with_the_public_key("ES256"),
    "RS256": rs256,
}  # fmt: skip

HEADERS: dict[str, Callable[[], str]] = {
    **{f"header {name}": lambda name=name, value=value: forged({**HEADER, name: value})
       for name, value in {
           "jku": "http://127.0.0.1:9/keys", "x5u": "http://127.0.0.1:9/cert", "x5c": ["MIIB"],
           "jwk": {"kty": "oct", "k": b64(OTHER_SECRET)}, "crit": ["b64"], "b64": False,
           "cty": "JWT", "zip": "DEF",
       }.items()},
    "inline key that signed it": lambda: forged(
        {**HEADER, "jwk": {"kty": "oct", "k": b64(OTHER_SECRET)}}, secret=OTHER_SECRET
    ),
    **{f"kid {str(kid)[:20]!r}": lambda kid=kid: forged({**HEADER, "kid": kid})
       for kid in ("../../dev/null", "k1' OR '1'='1", "", "K1", 1, True, None, ["k1"], {"k": 1},
                   "k" * 1_000_000)},
    "no kid": lambda: forged({"alg": "HS256", "typ": "at+jwt"}),
    **{f"typ {typ!r}": lambda typ=typ: forged({**HEADER, "typ": typ})
       for typ in ("JWT", "at+JWT", "application/at+jwt", "rt+jwt", "", None)},
    "no typ": lambda: forged({"alg": "HS256", "kid": "k1"}),
    "alg twice": lambda: forged(b'{"alg":"none","alg":"HS256","kid":"k1","typ":"at+jwt"}'),
    "header with a space": lambda: forged(b'{"alg": "HS256","kid":"k1","typ":"at+jwt"}'),
    "header is a list": lambda: forged(b'["HS256"]'),
    "header is no JSON": lambda: forged(b"HS256"),
    "header nests deeply": lambda: forged(b'{"alg":' + b"[" * 1500),
}  # fmt: skip

AUDIENCES: dict[str, Callable[[], str]] = {
    **{f"{name} {value!r}": lambda name=name, value=value: forged(claims={**CLAIMS, name: value})
       for name, values in {
           "aud": ("other", "mini", "mini-program-2", "Mini-Program", ["mini-program"],
                   ["mini-program", "other"], None, 1, ""),
           "iss": ("other", "sho", "shop/", "SHOP", ["shop"], None, ""),
           "sub": ("alice", 1, None, "", CLAIMS["sub"].upper() if CLAIMS else ""),
           "sid": ("1", 1, None, ["x"]),
           "jti": (1, None, ""),
           "ver": ("1", True, 1.0, None, [1]),
       }.items() for value in values},
    **{f"no {name}": lambda name=name: forged(claims=without(name)) for name in CLAIMS},
}  # fmt: skip

TIMES: dict[str, Callable[[], str]] = {
    **{f"exp {text}": lambda text=text: forged(claims=raw("exp", text))
       for text in ("NaN", "Infinity", "1e999", "-1e999", f'"{NOW + 600}"', "true", "null",
                    f"{NOW + 600}.0", f"{NOW}", f"{NOW - 1}", f"{NOW + 315_360_000}",
                    f"{NOW + 601}", "1" * 400, f"{2**64}", "[]", f"0{NOW + 600}")},
    **{f"{name} {text}": lambda name=name, text=text: forged(claims=raw(name, text))
       for name in ("iat", "nbf")
       for text in (f"{NOW + 60}", f'"{NOW}"', "false", "null", f"{NOW}.5", "NaN")},
    "iat after exp": lambda: forged(claims={**CLAIMS, "iat": NOW + 5, "exp": NOW + 5}),
    "iat ten years ago": lambda: forged(claims={**CLAIMS, "iat": NOW - 315_360_000}),
}  # fmt: skip

SHAPES: dict[str, Callable[[], str]] = {
    "sub twice": lambda: forged(claims=compact(CLAIMS)[:-1] + f',"sub":"{new_id()}"}}'.encode()),
    "the same sub twice": lambda: forged(
        claims=compact(CLAIMS)[:-1] + f',"sub":"{CLAIMS["sub"]}"}}'.encode()
    ),
    "a member in another spelling": lambda: forged(
        claims=compact(CLAIMS).replace(b'"sub"', b'"\\u0073ub"')
    ),
    **{f"part {part} padded": lambda part=part: padded(part) for part in range(3)},
    "spare bits": with_spare_bits,
    "standard base64": lambda: forged().replace("-", "+").replace("_", "/") + "+",
    "letters that base64 skips": lambda: forged().replace(".", ".\n", 1),
    "a line break behind": lambda: forged() + "\n",
    "two parts": lambda: forged().rsplit(".", 1)[0],
    "four parts": lambda: forged() + ".e30",
    "five parts": lambda: b64(b'{"alg":"dir","enc":"A128GCM"}') + "..aaaa.aaaa.aa",
    "JSON serialization": lambda: json.dumps(
        dict(zip(("protected", "payload", "signature"), forged().split("."), strict=True))
    ),
    "claims are a list": lambda: forged(claims=b"[]"),
    "claims nest deeply": lambda: forged(claims=raw("sub", "[" * 1400 + "]" * 1400)),
    "claims are broken": lambda: forged(claims=b'{"iss":"shop"'),
    "claims are bad UTF-8": lambda: forged(claims=b'{"iss":"\xff"}'),
    "a lone surrogate": lambda: forged(claims=raw("sub", '"\\ud800"')),
    "a megabyte, well signed": lambda: forged(claims={**CLAIMS, "more": "x" * 1_000_000}),
    "just above the cap, well signed": lambda: forged(claims={**CLAIMS, "more": "x" * 3_000}),
    "a megabyte of dots": lambda: "." * 1_000_000,
    "nothing": lambda: "",
    "not ASCII": lambda: "ключ.ключ.ключ",
    "U+0000": lambda: forged() + "\0",
}  # fmt: skip

ALL = {**ALGORITHMS, **HEADERS, **AUDIENCES, **TIMES, **SHAPES}
