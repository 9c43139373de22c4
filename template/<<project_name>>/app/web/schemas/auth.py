"""Signing in and staying in on the wire."""

from typing import Literal

from typing_extensions import TypedDict

from ...identity.application import SignedIn
from ...identity.domain import DEVICE_LENGTH, Grant, Profile
from . import Body, Secret
from .users import User, user


class SignIn(Body):
    """The code that `wx.login` gave."""

    code: Secret


class Refresh(Body):
    refresh_token: Secret


class Refreshed(TypedDict):
    """The refresh token and its lifetime in seconds are null where the service keeps sessions."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None
    refresh_expires_in: int | None
    bucket: str
    user: User


class Granted(Refreshed):
    is_new_user: bool


def granted(signed_in: SignedIn) -> Granted:
    return {
        **refreshed(signed_in.grant, signed_in.profile),
        "is_new_user": signed_in.is_new_user,
    }


def refreshed(grant: Grant, profile: Profile) -> Refreshed:
    return {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": grant.expires_in,
        "refresh_token": grant.refresh_token,
        "refresh_expires_in": grant.refresh_expires_in,
        "bucket": profile.bucket,
        "user": user(profile),
    }


def device(user_agent: str) -> str:
    """What a user can tell their devices by; nothing that would not print."""
    return "".join(letter for letter in user_agent if letter.isprintable())[:DEVICE_LENGTH]
