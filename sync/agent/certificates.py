"""The certificate of the centre, and the clock that its dates are compared with.

OpenSSL compares them with this machine's clock. Once the centre's time is known they are compared with that:
here, for the centre's own certificate. Everything else (name, chain, signatures) is always OpenSSL's.
"""

import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sync.contract.problem import ProblemError
from sync.contract.problem.agent import AGENT_CA_UNUSABLE

_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python has no name for
EXPIRED, NOT_YET = "certificate has expired", "certificate is not yet valid"
"""OpenSSL's words, and ours."""

Dates = Callable[[], datetime | None]
"""The time that certificates have to be valid at; None: what this machine's clock shows."""


class DatedContext(ssl.SSLContext):
    """A TLS context whose certificates are valid at a time that is given; see `make_context`."""

    dates: Dates | None = None

    def wrap_socket(self, sock: socket.socket, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """Connect; raises SSLCertVerificationError if the certificate is not valid at that time."""
        at = self.dates() if self.dates else None
        by_openssl = self.dates is not None and at is None
        flags = int(self.verify_flags) & ~_NO_CHECK_TIME
        self.verify_flags = ssl.VerifyFlags(flags if by_openssl else flags | _NO_CHECK_TIME)
        wrapped = super().wrap_socket(sock, *arguments, **options)
        if at is not None:
            try:
                _check_dates(wrapped, at.timestamp())
            except ssl.SSLError:
                wrapped.close()
                raise
        return wrapped


def make_context(ca: str, dates: Dates | None, own: str = "") -> DatedContext:
    """Trust the authorities of the system, or only the one in the PEM file `ca`.

    dates: see `Dates`; None: no date is looked at, for a question about the time alone. own: the centre's own
    certificate (PEM), the only one to trust where no `ca` is given.
    Raises ProblemError HL4110 if `ca` is not such a file.
    """
    context = DatedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.dates = dates
    try:
        # The flags are those of this release of Python, which differ.
        context.verify_flags = ssl.create_default_context(cafile=ca or None).verify_flags
        if ca or own:
            context.load_verify_locations(ca or None, cadata=None if ca else own)
        else:
            context.load_default_certs()
    except OSError as error:  # an SSLError is one
        raise ProblemError(
            AGENT_CA_UNUSABLE(where=ca, detail="không đọc được, hoặc không phải chứng thư PEM")
        ) from error
    return context


def is_out_of_date(error: Exception) -> bool:
    """Whether the dates of a certificate are what is wrong."""
    return any(words in str(error) for words in (EXPIRED, NOT_YET))


def _check_dates(connected: ssl.SSLSocket, at: float) -> None:
    certificate = connected.getpeercert() or {}
    begins, ends = str(certificate.get("notBefore", "")), str(certificate.get("notAfter", ""))
    if at < ssl.cert_time_to_seconds(begins):
        raise ssl.SSLCertVerificationError(NOT_YET)
    if at > ssl.cert_time_to_seconds(ends):
        raise ssl.SSLCertVerificationError(EXPIRED)
