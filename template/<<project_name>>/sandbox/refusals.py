"""How WeChat says no: always with HTTP 200, a number, and a sentence that ends in a request id."""

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest, "
    "could get access_token by getStableAccessToken",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40066: "invalid url",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1, not in whitelist",
    40226: "code blocked",
    40243: "appsecret is frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43104: "invalid version",
    44991: "content is empty or too long",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47001: "data format error",
    61010: "user has not used the mini-program for two hours",
    87008: "invalid sig_method",
    87009: "invalid signature",
}


class Refusal(Exception):
    """WeChat's own no, by its number."""

    def __init__(self, errcode: int) -> None:
        super().__init__(errcode)
        self.errcode = errcode


def refusal_text(errcode: int, rid: str) -> str:
    return f"{MESSAGES.get(errcode, 'refused on purpose')}, rid: {rid}"
