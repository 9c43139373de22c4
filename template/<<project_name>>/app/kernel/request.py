"""Which request is being served, for logs and the audit trail; empty outside one."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
