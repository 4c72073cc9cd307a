# SPDX-License-Identifier: Apache-2.0
"""An independent AH peer, of scapy (headers, mutable fields) and python3-cryptography (the GMAC): it checks what
`xesp pcap encrypt` signed, and `xesp pcap decrypt` takes what it signed, and neither takes what was changed.
Usage: ah_peer.py path/to/xesp [more arguments for xesp pcap]"""

import dataclasses
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scapy.layers.inet import IP, UDP, IPOption_RR, IPOption_Router_Alert, IPOption_LSRR
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, HBHOptUnknown, PadN
from scapy.layers.ipsec import AH, zero_mutable_fields
from scapy.layers.l2 import Dot1Q, Ether
from scapy.packet import Raw
from scapy.utils import RawPcapReader, wrpcap

SALT = bytes.fromhex("a0a1a2a3")
SPI = 0x1001
V4, V6 = ("192.0.2.1", "198.51.100.1"), ("2001:db8::1", "2001:db8::2")
INNER_V4, INNER_V6 = ("10.1.0.1", "10.2.0.1"), ("fd00::1", "fd00::2")
LENGTHS = [*range(0, 40), 63, 64, 65, 255, 256, 1399, 1400, 8000]
MACS = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}  # given, so that nobody is asked for them


@dataclasses.dataclass
class Form:
    """What an SA and its packets look like."""

    name: str
    mode: str = "tunnel"
    ends: tuple = V4
    inner: tuple = INNER_V4  # of the clear packets in tunnel mode
    bits: int = 256
    esn: bool = False
    seq: int = 0  # the last number before the first packet
    between: object = None  # IPv4 options or IPv6 extension headers
    vlan: bool = False

    @property
    def key(self):
        return bytes(range(self.bits // 8))

    @property
    def v6(self):
        return self.ends == V6


def family(ends):
    return "IPv6" if ends == V6 else "IPv4"


FORMS = [
    *(Form(f"{mode}, {family(ends)}, AES-{bits}{', ESN' if esn else ''}", mode=mode, ends=ends, bits=bits, esn=esn,
           inner=INNER_V6 if ends == V6 else INNER_V4, seq=5 << 32 if esn else 0)
      for mode, ends, esn, bits in
      itertools.product(("tunnel", "transport"), (V4, V6), (False, True), (128, 192, 256))),
    Form("IPv4 in IPv6", ends=V6),
    Form("IPv6 in IPv4", inner=INNER_V6),
    *(Form(f"ESN across 2^32, {family(ends)}", mode="transport", ends=ends, esn=True, seq=(1 << 32) - 20)
      for ends in (V4, V6)),
    Form("VLAN tags", vlan=True),
    Form("transport, VLAN tags, IPv6", mode="transport", ends=V6, vlan=True),
    Form("IPv4 options that stay", mode="transport", between=[IPOption_Router_Alert()]),
    Form("IPv4 options that change", mode="transport", between=[IPOption_RR(routers=["0.0.0.0"] * 3),
                                                                IPOption_Router_Alert()]),
    Form("IPv6 extension headers", mode="transport", ends=V6,
         between=IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0x3e, optdata=b"abcd")]) /
         IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x1e, optdata=b"efgh")])),
]


def run(program, verb, source, target, form, extra):
    number = "replay-oseq" if verb == "encrypt" else "replay-seq"
    sa = (f"src {form.ends[0]} dst {form.ends[1]} proto ah spi {SPI:#x} mode {form.mode} "
          f"{number} {form.seq & 0xffffffff} {number}-hi {form.seq >> 32} {'flag esn' if form.esn else ''} "
          f"aead 'rfc4543(gcm(aes))' 0x{(form.key + SALT).hex()} 128")
    done = subprocess.run([program, "-j", "pcap", verb, source, target, "--sa", sa, *extra],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{form.name}: xesp pcap {verb} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def head(form, ends, n=1, tos=0):
    """An IP header of `ends` with what the form has between it and the payload; protocol and length are to be put right."""
    if ":" in ends[0]:
        packet = IPv6(src=ends[0], dst=ends[1], tc=tos, fl=n)
        return packet / form.between if form.between is not None else packet
    return IP(src=ends[0], dst=ends[1], id=n, tos=tos, options=form.between or [])


def clear_packet(form, n):
    ends = form.inner if form.mode == "tunnel" else form.ends
    return bytes(head(form, ends, n, n % 4) / UDP(sport=1000, dport=n + 1) / Raw(bytes(i % 251 for i in range(n))))


def cut(data):
    """(IP header with options or extension headers, what follows it, its protocol)."""
    if data[0] >> 4 == 4:
        size = (data[0] & 15) * 4
        return data[:size], data[size:], data[9]
    size, protocol = 40, data[6]
    while protocol in (0, 60):
        size, protocol = size + (data[size + 1] + 1) * 8, data[size]
    return data[:size], data[size:], protocol


def put_right(header, protocol, payload_bytes):
    """The header with this protocol in front of so many bytes."""
    if header[0] >> 4 == 4:
        packet = IP(header)
        packet.proto, packet.len, packet.chksum = protocol, len(header) + payload_bytes, None
        return bytes(packet)
    at, next_at = 40, 6
    while at < len(header):
        at, next_at = at + (header[at + 1] + 1) * 8, at
    fixed = bytearray(header)
    fixed[next_at] = protocol
    fixed[4:6] = (len(header) - 40 + payload_bytes).to_bytes(2, "big")
    return bytes(fixed)


def gmac_input(header, ah, payload, form, number):
    packet = (IPv6 if header[0] >> 4 == 6 else IP)(header + ah)
    whole = bytes(zero_mutable_fields(packet, sending=True))
    assert len(whole) == len(header + ah)
    return whole + payload + ((number >> 32).to_bytes(4, "big") if form.esn else b"")


def sign(form, number, clear):
    """The AH packet of a clear one."""
    header, payload, protocol = cut(clear)
    if form.mode == "tunnel":
        header, payload, protocol = bytes(head(form, form.ends)), clear, 41 if clear[0] >> 4 == 6 else 4
    padding = b"\0" * (4 if form.v6 else 0)
    iv = number.to_bytes(8, "big")

    def ah(value, tag):
        return bytes(AH(nh=protocol, payloadlen=8 if form.v6 else 7, reserved=0, spi=SPI, seq=number & 0xffffffff,
                        icv=value + tag + padding))

    header = put_right(header, 51, len(ah(iv, bytes(16)) + payload))
    covered = gmac_input(header, ah(bytes(8), bytes(16)), payload, form, number)
    tag = AESGCM(form.key).encrypt(SALT + iv, b"", covered)
    return header + ah(iv, tag) + payload


def verify(form, number, data):
    """The payload of an AH packet and its next header. Raises InvalidTag."""
    header, rest, protocol = cut(data)
    size = 40 if form.v6 else 36
    ah, payload = rest[:size], rest[size:]
    assert protocol == 51
    assert ah[1:4] == bytes([8 if form.v6 else 7, 0, 0])
    assert ah[4:12] == SPI.to_bytes(4, "big") + (number & 0xffffffff).to_bytes(4, "big")
    assert ah[12:20] == number.to_bytes(8, "big") and not any(ah[36:])
    covered = gmac_input(header, ah, payload, form, number)
    AESGCM(form.key).decrypt(SALT + ah[12:20], ah[20:36], covered)
    return payload, ah[0]


def link_of(form, ip):
    ether_type = 0x86dd if ip[0] >> 4 == 6 else 0x0800
    return bytes(Ether(**MACS, type=0x8100) / Dot1Q(vlan=7, type=ether_type) if form.vlan else
                 Ether(**MACS, type=ether_type))


def write(path, form, packets):
    wrpcap(path, [link_of(form, p) + p for p in packets], linktype=1)


def read(path, form):
    packets = []
    for frame, _ in RawPcapReader(path):
        ip = frame[18 if form.vlan else 14:]
        assert frame == link_of(form, ip) + ip, f"{form.name}: link header"
        packets.append(ip)
    return packets


def changed(packet, at, value=None):
    spoilt = bytearray(packet)
    spoilt[at] = spoilt[at] ^ 0x11 if value is None else value
    return bytes(spoilt)


def check_sent(program, form, extra, files, clear):
    """What xesp signs is right, and the check is one."""
    write(files["clear"], form, clear)
    report = run(program, "encrypt", files["clear"], files["ah"], form, extra)
    assert report["out"] == len(clear) and not report["drops"], (form.name, report)
    signed = read(files["ah"], form)
    assert len(signed) == len(clear)
    for number, (before, after) in enumerate(zip(clear, signed), start=form.seq + 1):
        where = f"{form.name}, packet {number}"
        header, payload, protocol = cut(before)
        if form.mode == "tunnel":
            assert verify(form, number, after) == (before, 41 if before[0] >> 4 == 6 else 4), where
        else:
            assert verify(form, number, after) == (payload, protocol), where
            assert cut(after)[0] == put_right(header, 51, len(cut(after)[1])), where
        for at in (len(after) - 1, len(cut(after)[0]) + 20, 16 if form.v6 else 14):
            try:
                verify(form, number, changed(after, at))
                sys.exit(f"{where}: passes with byte {at} changed")
            except InvalidTag:
                pass


def check_received(program, form, extra, files, clear):
    """xesp takes what the peer signs, though routers have changed it, and nothing else."""
    numbered = list(enumerate(clear, start=form.seq + 1))
    good = [sign(form, number, packet) for number, packet in numbered]
    on_the_way = []
    for packet in good:
        for at in ((7,) if form.v6 else (8, 10, 11)):  # hop limit; TTL, checksum
            packet = changed(packet, at)
        on_the_way.append(packet)
    number, packet = numbered[-1]
    last, ip, size = good[-1], len(cut(good[-1])[0]), 40 if form.v6 else 36
    source = 23 if form.v6 else 15
    bad = {
        "icv_failed": [changed(last, at)
                       for at in (source, ip, ip + 2, ip + 15, ip + 20, ip + 35, ip + size, len(last) - 1)],
        "bad_length": [changed(last, ip + 1, 4)],
        "no_sa": [changed(last, ip + 7), changed(last, 39 if form.v6 else 19)],
    }
    if form.v6:
        bad["icv_failed"].append(changed(last, ip + 38))  # padding
    else:
        bad["icv_failed"].append(changed(last, 5))  # identification
    # The high half of the number must be in it with ESN, and must not be without.
    high = sign(dataclasses.replace(form, esn=not form.esn), number, packet)
    bad["icv_failed"].append(high)
    every_bad = [p for packets in bad.values() for p in packets]
    write(files["peer"], form, every_bad + on_the_way + good[:3])
    report = run(program, "decrypt", files["peer"], files["back"], form, extra)
    drops = {reason: len(packets) for reason, packets in bad.items()} | {"replay": 3}
    assert report["out"] == len(clear) and report["drops"] == drops, (form.name, report, drops)
    for (number, before), after in zip(numbered, read(files["back"], form)):
        if form.mode == "transport":  # as routers left the header
            before = changed(before, 7 if form.v6 else 8)
            if not form.v6:
                before, after = (p[:10] + b"\0\0" + p[12:] for p in (before, after))  # a wrong checksum stays wrong
        assert after == before, f"{form.name}, packet {number} from the peer"


def check_options(program, extra, files):
    """A source route can't be covered; in a tunnel it is payload like any other."""
    form = Form("source route", mode="transport", between=[IPOption_LSRR(routers=["10.0.0.1"])])
    plain = Form("source route", mode="transport")
    fine, routed = clear_packet(plain, 9), clear_packet(form, 9)
    write(files["clear"], form, [fine, routed])
    report = run(program, "encrypt", files["clear"], files["ah"], form, extra)
    assert report["out"] == 1 and report["drops"] == {"ip_options": 1}, report
    write(files["peer"], form, [sign(form, 1, routed), sign(plain, 2, fine)])
    report = run(program, "decrypt", files["peer"], files["back"], form, extra)
    assert report["out"] == 1 and report["drops"] == {"ip_options": 1}, report
    tunnel = Form("source route in a tunnel")
    write(files["clear"], tunnel, [routed])
    report = run(program, "encrypt", files["clear"], files["ah"], tunnel, extra)
    assert verify(tunnel, 1, read(files["ah"], tunnel)[0]) == (routed, 4)
    print("source routes: dropped in transport mode, carried in a tunnel")


def check_words(program, files):
    """An algorithm that AH has not is refused by name."""
    sa = f"src {V4[0]} dst {V4[1]} proto ah spi 0x1001 aead 'rfc4106(gcm(aes))' 0x{'11' * 20} 128"
    done = subprocess.run([program, "pcap", "encrypt", files["clear"], files["ah"], "--sa", sa],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 65 and "rfc4543(gcm(aes))" in done.stderr, (done.returncode, done.stderr)
    print("rfc4106 with proto ah: refused")


def main():
    program, extra = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        files = {name: str(pathlib.Path(folder) / f"{name}.pcap") for name in ("clear", "ah", "peer", "back")}
        for form in FORMS:
            clear = [clear_packet(form, n) for n in LENGTHS]
            check_sent(program, form, extra, files, clear)
            check_received(program, form, extra, files, clear)
            print(f"{form.name}: {len(clear)} packets each way agree with the peer, what was changed drops")
        check_options(program, extra, files)
        check_words(program, files)


main()
