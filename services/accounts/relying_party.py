"""WebAuthn, Level 2: what the browser is asked, and whether what it answers is right. Wraps the library `webauthn`.

Our id is the host of PUBLIC_URL, our origin its scheme, host and port: an answer made for any other page is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.accounts.domain.passkey import Passkey
from shared.platform.errors import Invalid, Unauthenticated

NAME = "Dextra"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device made: ids and key in URL-safe base 64."""

    credential_id: str
    public_key: str
    sign_count: int
    synced: bool


@dataclass(frozen=True, slots=True)
class RelyingParty:
    id: str
    origin: str

    @classmethod
    def at(cls, public_url: str) -> RelyingParty:
        parts = urlsplit(public_url)
        return cls(id=parts.hostname or "localhost", origin=f"{parts.scheme}://{parts.netloc}")

    def creation(self, challenge: bytes, account_id: str, email: str, name: str, held: Sequence[Passkey]) -> Json:
        """What the browser needs to make a key that is found without an address being typed, and not one more on a
        device that has one."""
        return _plain(
            webauthn.generate_registration_options(
                rp_id=self.id,
                rp_name=NAME,
                user_id=account_id.encode(),
                user_name=email,
                user_display_name=name,
                challenge=challenge,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
                ),
                exclude_credentials=_described(held),
            )
        )

    def created(self, answer: Mapping[str, Any], challenge: bytes) -> NewKey:
        """Raises Invalid when the answer is not right."""
        try:
            made = webauthn.verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _WRONG as error:
            raise Invalid("Your device's answer could not be checked. Please try again.") from error
        return NewKey(
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        )

    def request(self, challenge: bytes, of: Sequence[Passkey] = ()) -> Json:
        """What the browser needs to sign the challenge, with one of these keys or with any that it has for us."""
        return _plain(
            webauthn.generate_authentication_options(
                rp_id=self.id,
                challenge=challenge,
                allow_credentials=_described(of) or None,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def signed(self, answer: Mapping[str, Any], challenge: bytes, passkey: Passkey) -> tuple[int, bool]:
        """The device's counter, and whether the key is synced. Raises Unauthenticated when the answer is not right."""
        response = answer.get("response")
        handle = response.get("userHandle") if isinstance(response, Mapping) else None
        if handle and handle != bytes_to_base64url(passkey.account_id.encode()):
            raise refused()
        try:
            checked = webauthn.verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self.id,
                expected_origin=self.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=0,  # the passkey itself judges its counter
                require_user_verification=True,
            )
        except _WRONG as error:
            raise refused() from error
        return checked.new_sign_count, checked.credential_device_type is CredentialDeviceType.MULTI_DEVICE


_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""Whatever is wrong with an answer that came from outside, the library's errors or those of its parsers."""


def refused() -> Unauthenticated:
    """The same for an unknown key, a wrong signature and a foreign page."""
    return Unauthenticated("This passkey was not recognised. Try again, or sign in another way.")


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(name) for name in passkey.transports if name in known] or None,
        )
        for passkey in passkeys
    ]


def _plain(options: Any) -> Json:
    plain: Json = json.loads(options_to_json(options))
    return plain
