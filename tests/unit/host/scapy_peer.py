# SPDX-License-Identifier: Apache-2.0
"""scapy as an independent ESP peer: it opens what `xesp pcap encrypt` sealed, and `xesp pcap decrypt` opens what it
sealed, in every form of ESP that both know. Usage: scapy_peer.py path/to/xesp [more arguments for xesp pcap, such as
--engine xrt ...]"""

import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN
from scapy.layers.ipsec import ESP, SecurityAssociation
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import rdpcap, wrpcap

SALT = bytes.fromhex("a0a1a2a3")
SPI = 0x1001
V4, V6 = ("192.0.2.1", "198.51.100.1"), ("2001:db8::1", "2001:db8::2")
INNER_V4, INNER_V6 = ("10.1.0.1", "10.2.0.1"), ("fd00::1", "fd00::2")
LENGTHS = [*range(0, 70), 255, 256, 1399, 1400, 1452]


@dataclasses.dataclass
class Suite:
    """Algorithms in scapy's words and in ours; the card has those with AES-GCM."""

    crypt: str = "AES-GCM"
    salt: bytes = SALT
    auth: str = "NULL"
    auth_key: bytes = b""
    words: str = "aead 'rfc4106(gcm(aes))' 0x{key} 128"
    on_card: bool = True


GCM = Suite()
CHACHA = Suite("CHACHA20-POLY1305", words="aead 'rfc7539esp(chacha20,poly1305)' 0x{key} 128", on_card=False)


def hmac_suite(crypt, digest, icv):
    enc = "enc 'cbc(aes)' 0x{key}" if crypt == "AES-CBC" else "enc 'ecb(cipher_null)' ''"
    return Suite(crypt, b"", f"SHA2-{digest}-{icv}", bytes(range(100, 100 + digest // 8)),
                 enc + f" auth-trunc 'hmac(sha{digest})' 0x{{auth}} {icv}", False)


@dataclasses.dataclass
class Form:
    """What an SA and its packets look like."""

    name: str
    mode: str = "tunnel"
    ends: tuple = V4
    inner: tuple = INNER_V4  # of the clear packets in tunnel mode
    bits: int = 256
    words: str = ""
    natt: bool = False
    esn: bool = False
    seq: int = 0  # the last number before the first packet
    extensions: bool = False
    vlan: bool = False
    suite: Suite = dataclasses.field(default_factory=Suite)

    def outer(self):
        return ip_of(self.ends)


def ip_of(ends, **fields):
    if ":" in ends[0]:
        return IPv6(src=ends[0], dst=ends[1], tc=fields.get("tos", 0))
    return IP(src=ends[0], dst=ends[1], id=fields.get("id", 1), tos=fields.get("tos", 0))


FORMS = [
    *(Form(f"{mode}, AES-{bits}", mode=mode, bits=bits) for mode in ("tunnel", "transport") for bits in (128, 192, 256)),
    Form("IPv6 in IPv6", ends=V6, inner=INNER_V6),
    Form("IPv4 in IPv6", ends=V6),
    Form("IPv6 in IPv4", inner=INNER_V6),
    Form("IPv6 transport", mode="transport", ends=V6),
    Form("IPv6 transport behind extension headers", mode="transport", ends=V6, extensions=True),
    Form("in UDP", words="encap espinudp 4500 4500 0.0.0.0", natt=True),
    Form("transport in UDP", mode="transport", words="encap espinudp 4500 4500 0.0.0.0", natt=True),
    Form("ESN", words="flag esn", esn=True),
    Form("ESN across 2^32", words="flag esn", esn=True, seq=(1 << 32) - 40),
    Form("VLAN tags", vlan=True),
    *(Form(f"ChaCha20-Poly1305, {mode}", mode=mode, suite=CHACHA) for mode in ("tunnel", "transport")),
    Form("ChaCha20-Poly1305, ESN", words="flag esn", esn=True, suite=CHACHA),
    *(Form(f"AES-CBC-{bits}, SHA2-{digest}, {mode}", mode=mode, bits=bits, suite=hmac_suite("AES-CBC", digest, icv))
      for bits, digest, icv in ((128, 256, 128), (192, 384, 192), (256, 512, 256)) for mode in ("tunnel", "transport")),
    Form("AES-CBC over IPv6", ends=V6, inner=INNER_V6, suite=hmac_suite("AES-CBC", 256, 128)),
    # AES-CBC with ESN is in software_suites_test: scapy 2.5 leaves the high half out of what it verifies.
    *(Form(f"NULL, SHA2-{digest}", bits=0, suite=hmac_suite("NULL", digest, icv))
      for digest, icv in ((256, 128), (384, 192), (512, 256))),
]


def xesp(program, verb, source, target, form, key, extra):
    number = "replay-oseq" if verb == "encrypt" else "replay-seq"
    sa = (f"src {form.ends[0]} dst {form.ends[1]} proto esp spi {SPI:#x} mode {form.mode} "
          f"{number} {form.seq & 0xffffffff} {number}-hi {form.seq >> 32} {form.words} "
          + form.suite.words.format(key=key.hex(), auth=form.suite.auth_key.hex()))
    done = subprocess.run([program, "-j", "pcap", verb, source, target, "--sa", sa, *extra],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{form.name}: xesp pcap {verb} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def network(frame):
    """The IP packet of a frame, as bytes."""
    return bytes(frame[IP] if frame.haslayer(IP) and not frame.haslayer(IPv6) else
                 frame[IPv6] if not frame.haslayer(IP) else
                 frame.getlayer(1) if not isinstance(frame.getlayer(1), Dot1Q) else frame.getlayer(2))


def parsed(data):
    return IPv6(data) if data[0] >> 4 == 6 else IP(data)


def check(program, form, extra, folder):
    key = bytes(range(form.bits // 8)) + form.suite.salt
    ends = form.inner if form.mode == "tunnel" else form.ends
    ether = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")  # given, so that nobody is asked for it
    link = ether / Dot1Q(vlan=7) if form.vlan else ether
    between = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)]) / IPv6ExtHdrRouting() if form.extensions else None

    def packet(n):
        head = ip_of(ends, id=n, tos=n % 4)
        if between is not None:
            head = head / between
        return link / head / UDP(sport=1000, dport=n + 1) / Raw(bytes(i % 251 for i in range(n)))

    clear = [packet(n) for n in LENGTHS]
    peer = SecurityAssociation(ESP, spi=SPI, crypt_algo=form.suite.crypt, crypt_key=key or None,
                               auth_algo=form.suite.auth, auth_key=form.suite.auth_key or None, seq_num=(form.seq & 0xffffffff) + 1,
                               tunnel_header=form.outer() if form.mode == "tunnel" else None,
                               nat_t_header=UDP(sport=4500, dport=4500) if form.natt else None,
                               esn_en=form.esn, esn=form.seq >> 32)
    names = {name: str(folder / f"{name}.pcap") for name in ("clear", "esp", "peer", "back")}

    wrpcap(names["clear"], [*clear, ether / ARP()])
    report = xesp(program, "encrypt", names["clear"], names["esp"], form, key, extra)
    assert report["out"] == len(clear) and report["drops"] == {"not_ip": 1}, (form.name, report)
    sealed = rdpcap(names["esp"])
    assert len(sealed) == len(clear)
    for number, (before, after) in enumerate(zip(clear, sealed), start=form.seq + 1):
        assert after.haslayer(Dot1Q) == form.vlan
        data = parsed(network(after))
        if not form.natt:
            assert data[ESP].seq == number & 0xffffffff, f"{form.name}, packet {number}"
        opened = peer.decrypt(data, esn_en=form.esn, esn=number >> 32)
        assert bytes(opened) == bytes(parsed(network(before))), f"{form.name}, packet {number}"

    def seal(number, frame):
        if form.esn:
            peer.seq_num = number & 0xffffffff
        whole = bytearray(bytes(peer.encrypt(parsed(network(frame)), seq_num=number & 0xffffffff, esn_en=form.esn,
                                             esn=number >> 32)))
        if form.natt:  # scapy 2.5 counts the UDP header alone
            whole[24:26] = (len(whole) - 20).to_bytes(2, "big")
        return parsed(bytes(whole))

    wrpcap(names["peer"], [link / seal(n, p) for n, p in enumerate(clear, start=form.seq + 1)])
    report = xesp(program, "decrypt", names["peer"], names["back"], form, key, extra)
    assert report["out"] == len(clear) and not report["drops"], (form.name, report)
    for number, (before, after) in enumerate(zip(clear, rdpcap(names["back"])), start=1):
        assert network(after) == bytes(parsed(network(before))), f"{form.name}, packet {number} from scapy"
    print(f"{form.name}: {len(clear)} packets each way agree with scapy")


def main():
    program, extra = sys.argv[1], sys.argv[2:]
    for form in FORMS:
        if "xrt" in extra and not form.suite.on_card:
            print(f"{form.name}: not on the card, left out")
            continue
        with tempfile.TemporaryDirectory() as folder:
            check(program, form, extra, pathlib.Path(folder))


main()
