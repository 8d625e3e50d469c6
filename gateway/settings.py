"""The gateway's settings, from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from shared.platform.settings import at_least, setting


def _long_enough(value: str) -> str | None:
    return None if len(value) >= 32 else "must be at least 32 characters of random text"


@dataclass(frozen=True)
class GatewaySettings:
    """What the gateway needs to know of where it runs."""

    amqp_uri: str = setting("AMQP_URI", "the broker: amqp://user:password@host:5672/", secret=True)
    secret_key: str = setting("SECRET_KEY", "signs sessions: long random text", secret=True, check=_long_enough)
    public_url: str = setting(
        "PUBLIC_URL", "the address people use, such as https://dextra.example", "http://localhost:8000"
    )
    cookie_secure: bool = setting("COOKIE_SECURE", "send cookies over https only", True)
    proxies: int = setting("PROXIES", "how many proxies in front add X-Forwarded-* headers", 0, check=at_least(0))
    mailbox: bool = setting("MAILBOX", "show every e-mail at /mailbox (local runs)", False)
    rate_limits: bool = setting("RATE_LIMITS", "limit how often somebody may try to sign in", True)
    rate_limit_storage: str = setting(
        "RATE_LIMIT_STORAGE", "where attempts are counted; memory:// counts in each process", "memory://"
    )
    session_days: int = setting("SESSION_DAYS", "days until a session's cookie is forgotten", 30, check=at_least(1))
    session_check_seconds: float = setting(
        "SESSION_CHECK_SECONDS",
        "how long a session that was found valid is not asked about again",
        5.0,
        check=at_least(0),
    )
    call_timeout: float = setting(
        "CALL_TIMEOUT", "seconds until a service's answer is given up", 8.0, check=at_least(0.1)
    )
    taxonomy_seconds: float = setting(
        "TAXONOMY_SECONDS", "how often it is asked what operators added to the taxonomy", 15.0, check=at_least(1)
    )
    taxonomy_folder: str = setting(
        "TAXONOMY_FOLDER",
        "a folder with more services, skills and tools; give it to the gateway and all services alike",
        "",
    )
    log_level: str = setting("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", "INFO")

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")
