"""What operators see of a running process: logs and figures."""

from .logs import configure_logs as configure_logs
