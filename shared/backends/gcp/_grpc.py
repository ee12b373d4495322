"""What the gRPC clients share: Google's errors told apart. Loaded with a client, at its first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from google.api_core import exceptions
from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError

REFUSALS = (exceptions.InvalidArgument, exceptions.OutOfRange, exceptions.NotFound, exceptions.FailedPrecondition)


@contextmanager
def errors(refused: Callable[[str], Exception], unavailable: Callable[[str], Exception]) -> Iterator[None]:
    """Raise ``refused(text)`` for what can never succeed, ``unavailable(text)`` for all else that Google says.

    Missing permissions are unavailable on purpose: an operator mends them, and the same call then succeeds.
    """
    try:
        yield
    except REFUSALS as error:
        raise refused(str(error)) from error
    except (GoogleAPIError, GoogleAuthError) as error:
        raise unavailable(str(error)) from error
