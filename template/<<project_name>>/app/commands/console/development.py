"""What a developer reads when everything runs: a code to sign in with, and lines to paste."""

from collections.abc import Mapping
from string import Template

_WELCOME = Template(
    """
Running.       $app   (docs: $app/docs)
WeChat         $wechat
$sign_in
Ctrl-C ends it.
"""
)
_SIGN_IN = Template(
    """
A code, good for one sign-in within five minutes:  $code

curl (macOS, Linux, Git Bash):
  curl -s $app/api/v1/auth/wechat/login -H 'Content-Type: application/json' -d '{"code": "$code"}'
  curl -s $app/api/v1/users/me -H 'Authorization: Bearer ACCESS_TOKEN'

PowerShell:
  $$grant = (Invoke-RestMethod $app/api/v1/auth/wechat/login -Method Post -ContentType application/json -Body '{"code": "$code"}').data
  Invoke-RestMethod $app/api/v1/users/me -Headers @{ Authorization = "Bearer $$($$grant.access_token)" }

Another code:
  curl -s $wechat/_sandbox/codes -H 'Content-Type: application/json' -d '{"user": "alice"}'
  (Invoke-RestMethod $wechat/_sandbox/codes -Method Post -ContentType application/json -Body '{"user": "alice"}').code
"""  # noqa: E501 - a line to paste is one line
)


def welcome(app: str, wechat: str, code: str | None) -> str:
    """Without a code, because WeChat is the real one, there is nothing to paste."""
    known: Mapping[str, str] = {"app": app, "wechat": wechat}
    sign_in = "" if code is None else _SIGN_IN.substitute(known, code=code)
    return _WELCOME.substitute(known, sign_in=sign_in)
