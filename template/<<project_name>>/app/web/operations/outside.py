"""What lies outside the API: for those who run the service, and for their tools."""

from .operation import Operation

TAG = "service"


def _get(
    name: str, path: str, summary: str, media_type: str | None = None, codes: tuple[int, ...] = ()
) -> Operation:
    return Operation(
        name=name,
        method="GET",
        path=path,
        summary=summary,
        tag=TAG,
        codes=codes,
        needs_sign_in=False,
        limit=None,
        media_type=media_type,
    )


OPERATIONS = (
    _get("is_alive", "/healthz", "Whether the process lives"),
    _get("is_ready", "/readyz", "Whether it can serve just now", codes=(503,)),
    _get("metrics", "/metrics", "Figures, as Prometheus text", "text/plain"),
    _get("document", "/openapi.json", "This document", "application/json"),
    _get("docs", "/docs", "This document, to be read by people", "text/html"),
    _get(
        "public_keys",
        "/.well-known/jwks.json",
        "The public keys of access tokens",
        "application/json",
    ),
)
