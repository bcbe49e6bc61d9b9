"""Refusals: the error answers of the API (requirements ERR-2 to ERR-7)."""

from collections.abc import Mapping, Sequence


class SandboxError(Exception):
    """The sandbox can't start or continue; the message is one sentence for a person."""


class ApiError(Exception):
    """A refusal with its HTTP status, its code and one sentence; `details` name fields, never values."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Mapping[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})


def unauthenticated() -> ApiError:
    """Return the refusal of a call without a valid key."""
    return ApiError(401, "UNAUTHENTICATED", "A valid API key is required in the header X-Api-Key.")


def not_found(what: str) -> ApiError:
    """Return the refusal for something that does not exist, or that this caller may not see."""
    return ApiError(404, "NOT_FOUND", f"The {what} does not exist.")


def conflict(message: str) -> ApiError:
    """Return the refusal of a call that the current state does not allow."""
    return ApiError(409, "CONFLICT", message)


def idempotency_conflict() -> ApiError:
    """Return the refusal of a key that was used with another body."""
    return ApiError(409, "IDEMPOTENCY_CONFLICT", "This Idempotency-Key was already used with a different body.")


def validation(message: str, *, status: int = 400, details: Sequence[Mapping[str, str]] | None = None) -> ApiError:
    """Return the refusal of malformed input: 400 if it can't be parsed, 422 if it breaks the schema."""
    return ApiError(status, "VALIDATION", message, details=details)
