"""Which right is missing? Kafka's error names a resource; which client raised it tells the operation."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)

HINT = "`copydesk acls` prints the rights that are needed"
"""What to do about a missing right."""


def explain_kafka_error(error: BaseException) -> str:
    """A sentence for a person, without its full stop; of an error that is not about rights, its own text.

    Args:
        error: what a client raised; an error of rights that caused it counts too.
    """
    refused = authorization_error(error)
    if refused is None:
        text = str(error)
        name = type(error).__name__
        return text if text.startswith(name) else f"{name}: {text}" if text else name
    missing = "; ".join(_missing(refused))
    if isinstance(refused, SaslAuthenticationFailed):
        return f"not allowed: {missing}"  # rights are looked at only once the brokers know who we are
    return f"not allowed: {missing}. {HINT}"


def authorization_error(error: BaseException | None) -> KafkaError | None:
    """The refusal in an error and its causes, if there is one."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, _REFUSALS):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


_REFUSALS = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    ClusterAuthorizationFailedError,
    SaslAuthenticationFailed,
)


def _missing(error: KafkaError) -> Iterable[str]:
    names = _names(error)
    if isinstance(error, TopicAuthorizationFailedError):
        if not names:
            yield "a right on a topic, which the broker does not name"
        for name in names:
            yield f"{_operation(error)} on topic {name}"
    elif isinstance(error, GroupAuthorizationFailedError):
        yield f"Read on group {' '.join(names)}".rstrip()
    elif isinstance(error, TransactionalIdAuthorizationFailed):
        yield f"Write on transactional id {' '.join(names)}".rstrip()
    elif isinstance(error, ClusterAuthorizationFailedError):
        yield "Create or IdempotentWrite on the cluster"
    elif isinstance(error, SaslAuthenticationFailed):
        yield "wrong user or password"
    else:
        yield str(error)


def _operation(error: KafkaError) -> str:
    """Read for a consumer, Write for a producer, whose errors come out of futures and so from nowhere."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("aiokafka.consumer"):
            return "Read"
        if module.startswith("aiokafka.admin"):
            return "Describe"
    return "Write"


def _names(error: KafkaError) -> list[str]:
    """What the library puts into the error: a name, several, or nothing."""
    if not error.args:
        return []
    first = error.args[0]
    if isinstance(first, str):
        return [first]
    return sorted(map(str, first)) if isinstance(first, Iterable) else []
