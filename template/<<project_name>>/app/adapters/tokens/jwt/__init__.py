"""Signed access tokens that live for minutes, and opaque refresh tokens that are spent once."""

from datetime import timedelta

from ....identity.domain import Standing
from ....identity.ports import SessionWork
from ....kernel.clock import Clock
from ....kernel.ports import Cache, Works
from .access_token import AccessTokens
from .settings import TokensSettings as TokensSettings
from .signing_keys import new_signing_key_text as new_signing_key_text
from .signing_keys import read_signing_keys
from .tokens import JwtTokens, Lifetimes


def open_tokens(
    settings: TokensSettings,
    works: Works[SessionWork],
    standings: Cache[Standing],
    clock: Clock,
) -> JwtTokens:
    keys = read_signing_keys(settings.signing_keys.get_secret_value())
    access_tokens = AccessTokens(keys, settings.issuer, settings.audience, settings.access_seconds)
    lifetimes = Lifetimes(
        idle=timedelta(seconds=settings.refresh_idle_seconds),
        absolute=timedelta(seconds=settings.refresh_absolute_seconds),
        grace=timedelta(seconds=settings.refresh_grace_seconds),
    )
    return JwtTokens(access_tokens, works, standings, clock, lifetimes)
