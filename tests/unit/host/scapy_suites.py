# SPDX-License-Identifier: Apache-2.0
"""The suites that xesp and scapy both know, with what scapy 2.5 leaves out put beside it in its own classes: ICVs of 8 and
12 bytes, AES-GMAC, and the high half of an extended number under an HMAC of ESP (RFC 4303 2.2.1)."""

import dataclasses
import itertools
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scapy.layers.ipsec import AH, AUTH_ALGOS, CRYPT_ALGOS, ESP, AuthAlgo, CryptAlgo, IPSecIntegrityError, _ESPPlain, \
    zero_mutable_fields
from scapy.packet import raw

SALT_BYTES = 4


@dataclasses.dataclass(frozen=True)
class Suite:
    """`words`: in ours, with {key} and {auth} to be filled in."""

    name: str
    proto: type
    words: str
    crypt: str | None = None
    key_bytes: int = 0  # with the salt
    auth: str | None = None
    auth_bytes: int = 0
    icv_bytes: int = 16
    iv_bytes: int = 8
    on_card: bool = False


# scapy's AES-GCM has ICVs of 16 bytes only: cryptography's AESGCM has no others. Its modes.GCM has.
CRYPT_ALGOS["GCM by its mode"] = CryptAlgo("GCM by its mode", cipher=algorithms.AES, mode=modes.GCM, salt_size=SALT_BYTES,
                                           block_size=1, iv_size=8, icv_size=16,
                                           format_mode_iv=lambda sa, iv, **_: sa.crypt_salt + iv)


class GmacOfEsp(CryptAlgo):
    """RFC 4543 3: the payload in clear, the tag over header, IV and payload."""

    def __init__(self):
        super().__init__("GMAC", cipher=algorithms.AES, mode=None, block_size=1, iv_size=8, salt_size=SALT_BYTES)
        self.icv_size = 16

    @staticmethod
    def covered(esp, iv, data, esn_en, esn):
        number = struct.pack("!LL", esn, esp.seq) if esn_en else struct.pack("!L", esp.seq)
        return struct.pack("!L", esp.spi) + number + iv + data

    def encrypt(self, sa, esp, key, icv_size=None, esn_en=False, esn=0):
        data = esp.data_for_encryption()
        tag = AESGCM(key).encrypt(sa.crypt_salt + esp.iv, b"", self.covered(esp, esp.iv, data, esn_en, esn))
        return ESP(spi=esp.spi, seq=esp.seq, data=esp.iv + data + tag)

    def decrypt(self, sa, esp, key, icv_size=None, esn_en=False, esn=0):
        iv, data, tag = esp.data[:8], esp.data[8:-16], esp.data[-16:]
        try:
            AESGCM(key).decrypt(sa.crypt_salt + iv, tag, self.covered(esp, iv, data, esn_en, esn))
        except InvalidTag as error:
            raise IPSecIntegrityError(error) from error
        pad = data[-2]
        return _ESPPlain(spi=esp.spi, seq=esp.seq, iv=iv, data=data[:len(data) - pad - 2], padding=data[-pad - 2:-2],
                         padlen=pad, nh=data[-1], icv=tag)


CRYPT_ALGOS["GMAC"] = GmacOfEsp()


class GmacOfAh(AuthAlgo):
    """RFC 4543 4: IV and tag are the ICV, and zeros for the tag. The key has its salt behind it."""

    def __init__(self):
        super().__init__("GMAC", mac=True, digestmod=None, icv_size=24)

    @staticmethod
    def covered(packet, sending, esn_en, esn):
        return raw(zero_mutable_fields(packet.copy(), sending)) + (struct.pack("!L", esn) if esn_en else b"")

    def sign(self, pkt, key, esn_en=False, esn=0):
        iv = struct.pack("!LL", esn if esn_en else 0, pkt[AH].seq)
        pkt[AH].icv = iv + AESGCM(key[:-4]).encrypt(key[-4:] + iv, b"", self.covered(pkt, True, esn_en, esn))
        return pkt

    def verify(self, pkt, key, esn_en=False, esn=0):
        whole = pkt[AH].icv
        pkt[AH].padding, pkt[AH].icv = whole[24:], whole[:24]
        try:
            AESGCM(key[:-4]).decrypt(key[-4:] + whole[:8], whole[8:24], self.covered(pkt, False, esn_en, esn))
        except InvalidTag as error:
            raise IPSecIntegrityError(error) from error


AUTH_ALGOS["GMAC"] = GmacOfAh()


class HmacWithHighHalf(AuthAlgo):
    """An HMAC of ESP for one SA; `high` is the number's high half, of the packet that comes next."""

    def __init__(self, plain):
        super().__init__(plain.name, plain.mac, plain.digestmod, plain.icv_size, plain.key_size)
        self.high = 0

    def of(self, esp, key):
        mac = self.new_mac(key)
        mac.update(raw(esp) + struct.pack("!L", self.high))
        return mac.finalize()[:self.icv_size]

    def sign(self, pkt, key, esn_en=False, esn=0):
        pkt[ESP].data += self.of(pkt[ESP], key)
        return pkt

    def verify(self, pkt, key, esn_en=False, esn=0):
        plain = pkt.copy()
        plain.data, icv = pkt.data[:-self.icv_size], pkt.data[-self.icv_size:]
        if icv != self.of(plain, key):
            raise IPSecIntegrityError("the ICV with the high half")


def _hmacs():
    return [(digest, f"SHA2-{digest}-{digest // 2}", f"auth-trunc 'hmac(sha{digest})' 0x{{auth}} {digest // 2}")
            for digest in (256, 384, 512)]


def suites():
    keys = (16, 24, 32)
    gcm = [Suite(f"AES-{8 * key}-GCM-{icv}", ESP, f"aead 'rfc4106(gcm(aes))' 0x{{key}} {8 * icv}", "GCM by its mode",
                 key + SALT_BYTES, icv_bytes=icv, on_card=True) for key, icv in itertools.product(keys, (8, 12, 16))]
    gmac = [Suite(f"AES-{8 * key}-GMAC", ESP, "aead 'rfc4543(gcm(aes))' 0x{key} 128", "GMAC", key + SALT_BYTES, on_card=True)
            for key in keys]
    chacha = [Suite("ChaCha20-Poly1305", ESP, "aead 'rfc7539esp(chacha20,poly1305)' 0x{key} 128", "CHACHA20-POLY1305", 36)]
    cbc = [Suite(f"AES-{8 * key}-CBC {name}", ESP, f"enc 'cbc(aes)' 0x{{key}} {words}", "AES-CBC", key, name, digest // 8,
                 digest // 16, 16) for key, (digest, name, words) in itertools.product(keys, _hmacs())]
    null = [Suite(f"NULL {name}", ESP, f"enc 'ecb(cipher_null)' '' {words}", "NULL", 0, name, digest // 8, digest // 16, 0)
            for digest, name, words in _hmacs()]
    ah = [Suite(f"AH {name}", AH, words, None, 0, name, digest // 8, digest // 16, 0) for digest, name, words in _hmacs()]
    ah_gmac = [Suite(f"AH AES-{8 * key}-GMAC", AH, "aead 'rfc4543(gcm(aes))' 0x{auth} 128", None, 0, "GMAC",
                     key + SALT_BYTES, on_card=True) for key in keys]
    return [*gcm, *gmac, *chacha, *cbc, *null, *ah, *ah_gmac]
