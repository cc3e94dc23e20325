"""How every process writes its log: one JSON object a line on standard error."""

import logging
import sys

import structlog

CHATTY = ("alembic", "werkzeug", "urllib3", "httpx", "httpcore")
"""The last two log whole addresses."""
SAID_BY_US = ("asyncua", "pymodbus")
"""What a source refuses is said once, in words and with its name, by the gateway."""


def set_up_logs(level: str) -> None:
    """Make every log line one JSON object on standard error, our own and the libraries'."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for name in SAID_BY_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)
