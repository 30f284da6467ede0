"""The installation's seal on a PDF file (PAdES): whoever changes a byte afterwards breaks it.

The notary alone holds the private key; it is made on first use, with a certificate that says whose it is. A state
that has a certificate of an authority puts it in the place of these two files.
"""

import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from charteroak.adapters.environment import Process, home, initiative_name
from charteroak.adapters.folder import publish
from charteroak.adapters.keys import KEY_BITS, KeyUnavailable

VALID_FOR = timedelta(days=3652)  # ten years: a seal is checked as of the day it was set


@dataclass(frozen=True)
class Seal:
    """What a sealed file says, and whether it is true."""

    holds: bool  # set with this installation's key over the whole file, and not a byte changed since
    by: str
    at: datetime | None
    fingerprint: str  # SHA-256 of the certificate

    @property
    def broken(self) -> bool:
        return not self.holds


def _key_file() -> Path:
    return home().keys(Process.NOTARY) / "seal.pem"


def certificate_file() -> Path:
    return home().public_keys / Process.NOTARY / "seal.crt"


def create() -> None:
    """Make key and certificate unless they exist. As the notary."""
    if _key_file().exists() and certificate_file().exists():
        return
    key = _key()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Seal of {initiative_name()}"[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, initiative_name()[:64]),
        ]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_only(), critical=True)
        .sign(key, hashes.SHA256())
    )
    publish(certificate_file(), certificate.public_bytes(serialization.Encoding.PEM), mode=0o644)


def _key() -> rsa.RSAPrivateKey:
    """The key on disk, which may be there without its certificate after a crash; else a new one, put there."""
    if not _key_file().exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        publish(_key_file(), pem, mode=0o600)
    key = serialization.load_pem_private_key(_key_file().read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyUnavailable(
            f"{_key_file()} is no RSA key. Put the seal's key back, or remove both of its files."
        )
    return key


def _signs_only() -> x509.KeyUsage:
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        encipher_only=False,
        decipher_only=False,
        **dict.fromkeys(others, False),
    )


def sealed(content: bytes, *, reason: str) -> bytes:
    """The file with the seal on it: the same pages, and nothing may be added after. As the notary.

    Raises KeyUnavailable for any other process.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import (
        InvisSigSettings,
        MDPPerm,
        SigFieldSpec,
        SigSeedSubFilter,
        append_signature_field,
    )

    if os.access(home().keys(Process.NOTARY), os.W_OK):
        create()
    if not os.access(_key_file(), os.R_OK):
        raise KeyUnavailable("Only the notary seals, with a key that no other process can read.")
    signer = signers.SimpleSigner.load(str(_key_file()), str(certificate_file()))
    said = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        name=initiative_name(),
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    unseen = InvisSigSettings(
        set_print_flag=False, set_hidden_flag=True
    )  # nothing for a reader to stumble over
    append_signature_field(
        writer, SigFieldSpec("Seal", readable_field_name=reason, invis_sig_settings=unseen)
    )
    written = signers.sign_pdf(writer, said, signer=signer)
    return bytes(written.getbuffer())


def read(content: bytes) -> Seal | None:
    """The seal on a file and whether it holds; None on a file without one. Any process may ask."""
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        found = PdfFileReader(io.BytesIO(content)).embedded_signatures
    except (PdfReadError, ValueError):
        return None
    if not found:
        return None
    own = load_cert_from_pemder(str(certificate_file()))
    seal = found[0]
    fingerprint = seal.signer_cert.sha256.hex()
    at = seal.self_reported_timestamp
    context = ValidationContext(trust_roots=[own], allow_fetching=False, moment=at)
    try:
        status = validate_pdf_signature(seal, context)
    except Exception:  # whatever a file bent on purpose makes the validator say: it does not hold
        return Seal(False, seal.signer_cert.subject.human_friendly, at, fingerprint)
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    holds = bool(status.intact and status.valid and status.trusted and whole)
    return Seal(holds, seal.signer_cert.subject.human_friendly, at, fingerprint)
