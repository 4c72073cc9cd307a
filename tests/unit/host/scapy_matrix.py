# SPDX-License-Identifier: Apache-2.0
"""Every suite x mode x families x ESN x ESP-in-UDP against scapy: what xesp seals opens in scapy, what scapy seals opens in
xesp, and of that nothing passes once it was changed, has a wrong key or comes again.

Usage: scapy_matrix.py path/to/xesp [--seed N] [--card] [more arguments for xesp pcap, such as --engine xrt ...]
--card: the suites that the card has. All cases are SAs of one run of `xesp pcap`, each with ends of its own."""

import argparse
import dataclasses
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.ipsec import AH, ESP, SecurityAssociation
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import RawPcapReader, wrpcap

import scapy_suites

CASES, CASES_OF_CARD = 672, 324  # what the matrix has: fewer is a failure
SHAPES = [("transport", 4, 4), ("transport", 6, 6), *(("tunnel", *both) for both in itertools.product((4, 6), (4, 6)))]
UDP_BYTES = 8


@dataclasses.dataclass
class Case:
    number: int
    suite: scapy_suites.Suite
    mode: str
    outer: int  # IP version
    inner: int
    esn: bool
    natt: bool

    def __str__(self):
        return (f"{self.suite.name}, {self.mode}, IPv{self.inner} in IPv{self.outer}{', ESN' if self.esn else ''}"
                f"{', in UDP' if self.natt else ''}")

    @property
    def tunnel(self):
        return self.mode == "tunnel"

    @property
    def ah(self):
        return self.suite.proto is AH

    @property
    def ip_bytes(self):
        return 40 if self.outer == 6 else 20

    @property
    def spi_at(self):
        return self.ip_bytes + (4 if self.ah else UDP_BYTES if self.natt else 0)

    def fill(self, rng):
        """Keys, ends and numbers."""
        self.spi = rng.randrange(256, 1 << 32)
        self.key, self.auth = rng.randbytes(self.suite.key_bytes), rng.randbytes(self.suite.auth_bytes)
        high = rng.randrange(1, 1 << 16)
        self.seq = high << 32 | 0xfffffffe if self.esn else rng.randrange(2000, 1 << 31)
        a, b = self.number >> 8, self.number & 255
        ends = {4: (f"192.0.{a}.{b}", f"198.51.{a}.{b}"), 6: (f"2001:db8::{self.number:x}", f"2001:db8:1::{self.number:x}")}
        nets = {4: (f"10.1.{a}.{b}", f"10.2.{a}.{b}"), 6: (f"fd00::{self.number:x}", f"fd01::{self.number:x}")}
        self.ends = ends[self.outer]
        self.inside = nets[self.inner] if self.tunnel else self.ends
        return self

    def sa_words(self, number_word, seq, key=None, auth=None):
        proto = "ah" if self.ah else "esp"
        encap = " encap espinudp 4500 4500 0.0.0.0" if self.natt else ""
        length = 32 if self.inner == 4 else 128
        return (f"src {self.ends[0]} dst {self.ends[1]} proto {proto} spi {self.spi:#x} mode {self.mode}{encap}"
                f"{' flag esn' if self.esn else ''} {number_word} {seq & 0xffffffff} {number_word}-hi {seq >> 32} "
                f"sel src {self.inside[0]}/{length} dst {self.inside[1]}/{length} "
                + self.suite.words.format(key=(key or self.key).hex(), auth=(auth or self.auth).hex()))

    def peer(self):
        ip = IPv6 if self.outer == 6 else IP
        sa = SecurityAssociation(self.suite.proto, spi=self.spi, crypt_algo=self.suite.crypt, crypt_key=self.key or None,
                                 crypt_icv_size=self.suite.icv_bytes if self.suite.on_card and not self.ah else None,
                                 auth_algo=self.suite.auth, auth_key=self.auth or None, esn_en=self.esn,
                                 tunnel_header=ip(src=self.ends[0], dst=self.ends[1]) if self.tunnel else None)
        if self.esn and not self.ah and self.auth:
            sa.auth_algo = scapy_suites.HmacWithHighHalf(sa.auth_algo)
        return sa


def matrix(card):
    cases = []
    for suite, shape, esn in itertools.product(scapy_suites.suites(), SHAPES, (False, True)):
        if card and not suite.on_card:
            continue
        for natt in (False,) if suite.proto is AH else (False, True):
            cases.append(Case(len(cases) + 1, suite, *shape, esn, natt))
    return cases


def clear_packets(case, rng):
    ip = IPv6 if case.inner == 6 else IP
    lengths = [0, rng.randrange(1, 64), rng.randrange(64, 300), rng.randrange(1000, 1300)]
    return [bytes(ip(src=case.inside[0], dst=case.inside[1]) / UDP(sport=50000 + rng.randrange(999), dport=51000)
                  / Raw(rng.randbytes(n))) for n in lengths]


def with_lengths(case, packet):
    """After its length has changed: IP's length and checksum put right."""
    whole = bytearray(packet)
    if case.outer == 6:
        whole[4:6] = (len(whole) - 40).to_bytes(2, "big")
        return bytes(whole)
    whole[2:4] = len(whole).to_bytes(2, "big")
    return with_checksum(whole)


def with_checksum(whole):
    whole = bytearray(whole)
    whole[10:12] = b"\0\0"
    total = sum(int.from_bytes(whole[i:i + 2], "big") for i in range(0, 20, 2))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    whole[10:12] = (~total & 0xffff).to_bytes(2, "big")
    return bytes(whole)


def protocol_at(case):
    return 6 if case.outer == 6 else 9


def into_udp(case, packet):
    at = case.ip_bytes
    header = b"\x11\x94\x11\x94" + (len(packet) - at + UDP_BYTES).to_bytes(2, "big") + b"\0\0"
    whole = bytearray(packet[:at] + header + packet[at:])
    whole[protocol_at(case)] = 17
    return with_lengths(case, whole)


def out_of_udp(case, packet):
    """Checks the UDP header (RFC 3948 2.1) and takes it away."""
    at = case.ip_bytes
    assert packet[protocol_at(case)] == 17, f"{case}: not in UDP"
    expected = b"\x11\x94\x11\x94" + (len(packet) - at).to_bytes(2, "big") + b"\0\0"
    assert packet[at:at + UDP_BYTES] == expected, f"{case}: UDP header {packet[at:at + UDP_BYTES].hex()}"
    whole = bytearray(packet[:at] + packet[at + UDP_BYTES:])
    whole[protocol_at(case)] = 50
    return with_lengths(case, whole)


def parsed(packet):
    return IPv6(packet) if packet[0] >> 4 == 6 else IP(packet)


def peer_seals(case, peer, number, clear, rng):
    peer.seq_num = number & 0xffffffff  # scapy takes a low half of 0 for none
    if hasattr(peer.auth_algo, "high"):
        peer.auth_algo.high = number >> 32
    iv = {} if case.ah else {"iv": rng.randbytes(case.suite.iv_bytes)}
    sealed = bytes(peer.encrypt(parsed(clear), seq_num=peer.seq_num, esn_en=case.esn, esn=number >> 32, **iv))
    return into_udp(case, sealed) if case.natt else sealed


def peer_opens(case, peer, number, sealed):
    packet = out_of_udp(case, sealed) if case.natt else sealed
    if hasattr(peer.auth_algo, "high"):
        peer.auth_algo.high = number >> 32
    layer = parsed(packet)
    assert layer[case.suite.proto].seq == number & 0xffffffff, f"{case}: number {layer[case.suite.proto].seq}, not {number}"
    return bytes(peer.decrypt(layer, esn_en=case.esn, esn=number >> 32))


def flipped(packet, byte, rng, bits=range(8)):
    whole = bytearray(packet)
    whole[byte] ^= 1 << rng.choice(list(bits))
    return bytes(whole)


def icv_at(case, packet):
    if case.ah:  # behind the fixed part, and an IV that only AES-GMAC has
        return case.ip_bytes + 12 + (0 if case.suite.iv_bytes == 0 else 8)
    return len(packet) - case.suite.icv_bytes


def without_sa(case):
    """Why AH of an SA that is not there drops: its length is held against AES-GMAC's first, as on the card."""
    lengths = {("SHA2-256-128", 4): "bad_length", ("SHA2-256-128", 6): "bad_length", ("SHA2-512-256", 4): "bad_length",
               ("SHA2-512-256", 6): "bad_length"}
    return lengths.get((case.suite.auth, case.outer), "no_sa") if case.ah else "no_sa"


def spoilt(case, good, rng):
    """(what was changed, packet, reason) of a packet that was good."""
    at, icv = case.spi_at, icv_at(case, good)
    text = case.ip_bytes + 48 if case.ah else at + 8 + case.suite.iv_bytes
    end = len(good) if case.ah else icv
    yield "SPI", flipped(good, at + rng.randrange(4), rng), without_sa(case)
    yield "sequence number", flipped(good, at + 7, rng), "icv_failed"
    yield "payload", flipped(good, rng.randrange(text, end), rng), "icv_failed"
    yield "ICV", flipped(good, icv + rng.randrange(case.suite.icv_bytes), rng), "icv_failed"
    if case.suite.iv_bytes:
        yield "IV", flipped(good, at + 8 + rng.randrange(case.suite.iv_bytes), rng), "icv_failed"
    destination = case.ip_bytes - 1
    yield "destination", with_header(case, flipped(good, destination, rng)), without_sa(case)
    if case.natt:
        yield "UDP length", flipped(good, case.ip_bytes + 5, rng, (2, 3)), "bad_length"
        yield "no UDP", out_of_udp(case, good), "encap_mismatch"
    elif not case.ah:
        yield "in UDP", into_udp(case, good), "encap_mismatch"
    if case.ah:
        source = (8 if case.outer == 6 else 12) + 3
        yield "source", with_header(case, flipped(good, source, rng)), "icv_failed"
        yield "next header", flipped(good, case.ip_bytes, rng), "icv_failed"
        yield "AH's length", flipped(good, case.ip_bytes + 1, rng), "bad_length"
        if case.outer == 4:
            yield "identification", with_header(case, flipped(good, 4, rng)), "icv_failed"


def with_header(case, packet):
    return with_checksum(packet) if case.outer == 4 else packet


class Xesp:
    def __init__(self, program, extra, folder):
        self.program, self.extra, self.folder = program, extra, folder

    def run(self, verb, sas, packets):
        """Packets through all these SAs: (packets, report)."""
        sa_file, source, target = (self.folder / name for name in ("sas", "in.pcap", "out.pcap"))
        sa_file.write_text("\n".join(sas))
        sa_file.chmod(0o600)
        links = {version: bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=kind))
                 for version, kind in ((4, 0x0800), (6, 0x86dd))}
        wrpcap(str(source), [links[p[0] >> 4] + p for p in packets], linktype=1)
        done = subprocess.run([self.program, "-j", "pcap", verb, source, target, "--sa-file", sa_file, *self.extra],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 65) or not done.stdout:
            sys.exit(f"xesp pcap {verb} ended with {done.returncode}: {done.stderr}")
        report = json.loads(done.stdout)
        if report["in"] != len(packets):
            sys.exit(f"xesp pcap {verb} saw {report['in']} of {len(packets)} packets")
        return [frame[14:] for frame, _ in RawPcapReader(str(target))], report


def pairs(sealed, cases, per_case):
    for i, case in enumerate(cases):
        yield case, sealed[i * per_case:(i + 1) * per_case]


def check_sent(xesp, cases, clear):
    sas = [case.sa_words("replay-oseq", case.seq) for case in cases]
    sealed, report = xesp.run("encrypt", sas, [p for packets in clear for p in packets])
    assert not report["drops"], report
    ran = 0
    for (case, packets), before in zip(pairs(sealed, cases, len(clear[0])), clear, strict=True):
        peer = case.peer()
        for number, (was, now) in enumerate(zip(before, packets, strict=True), start=case.seq + 1):
            try:
                opened = peer_opens(case, peer, number, now)
            except Exception as error:
                raise AssertionError(f"{case}: number {number} from xesp does not open: {error!r}") from error
            assert opened == was, f"{case}: number {number} from xesp is another packet"
        ran += 1
    return ran


def check_received(xesp, cases, clear, sealed):
    """Each twice: once it opens, once it is a replay."""
    sas = [case.sa_words("replay-seq", case.seq) for case in cases]
    every = [p for packets in sealed for p in packets]
    opened, report = xesp.run("decrypt", sas, every + every)
    assert report["drops"] == {"replay": len(every)}, f"decrypt and replay: {report}"
    ran = 0
    for (case, packets), before in zip(pairs(opened, cases, len(clear[0])), clear, strict=True):
        for number, (was, now) in enumerate(zip(before, packets, strict=True), start=case.seq + 1):
            assert now == was, f"{case}: number {number} from scapy is another packet"
        ran += 1
    return ran


def refuse_all(xesp, what, sas, packets, reason):
    """All of them drop, for this reason; says which does not."""
    _, report = xesp.run("decrypt", sas, [p for _, p in packets])
    if report["out"] == 0 and report["drops"] == {reason: len(packets)}:
        return len(packets)
    for case, packet in packets:
        _, one = xesp.run("decrypt", sas, [packet])
        if one["drops"] != {reason: 1}:
            sys.exit(f"{case}: with {what} changed expected {reason}, got {one['drops'] or 'the packet'}")
    sys.exit(f"{what}: {report}, though each alone drops as {reason}")


def other(key, rng):
    return flipped(key, rng.randrange(len(key)), rng) if key else key


def check_refused(xesp, cases, sealed, rng):
    sas = [case.sa_words("replay-seq", case.seq) for case in cases]
    kinds = {}
    for case, packets in zip(cases, sealed, strict=True):
        for what, packet, reason in spoilt(case, packets[2], rng):
            kinds.setdefault((what, reason), []).append((case, packet))
    count = sum(refuse_all(xesp, what, sas, packets, reason) for (what, reason), packets in kinds.items())
    wrong = [case.sa_words("replay-seq", case.seq, other(case.key, rng) if case.key else None,
                           None if case.key else other(case.auth, rng)) for case in cases]
    # A CBC or NULL suite's ICV is its HMAC's: there the other key is that one's.
    for i, case in enumerate(cases):
        if case.auth:
            wrong[i] = case.sa_words("replay-seq", case.seq, None, other(case.auth, rng))
    good = [(case, packets[0]) for case, packets in zip(cases, sealed)]
    count += refuse_all(xesp, "the key", wrong, good, "icv_failed")
    later = [case.sa_words("replay-seq", case.seq + 1000) for case in cases]
    # With ESN a number below the window is one of the next 2^32 (RFC 4303 A2.1).
    plain = [(case, packet) for case, packet in good if not case.esn]
    count += refuse_all(xesp, "the window", later, plain, "replay_old")
    extended = [case.sa_words("replay-seq", case.seq + (1 << 32 if case.esn else 0)) for case in cases]
    count += refuse_all(xesp, "the number's high half", extended, [g for g in good if g[0].esn], "icv_failed")
    return count


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    arguments.add_argument("--card", action="store_true")
    given, extra = arguments.parse_known_args()
    print(f"seed {given.seed}", flush=True)
    rng = random.Random(given.seed)
    cases = [case.fill(rng) for case in matrix(given.card)]
    clear = [clear_packets(case, rng) for case in cases]
    sealed = []
    for case, packets in zip(cases, clear):
        peer = case.peer()
        sealed.append([peer_seals(case, peer, number, p, rng) for number, p in enumerate(packets, start=case.seq + 1)])
    with tempfile.TemporaryDirectory() as folder:
        xesp = Xesp(given.program, extra, pathlib.Path(folder))
        sent = check_sent(xesp, cases, clear)
        received = check_received(xesp, cases, clear, sealed)
        refused = check_refused(xesp, cases, sealed, rng)
    print(f"{sent} cases from xesp to scapy, {received} from scapy to xesp, {len(clear[0])} packets each; {refused} changed "
          "packets, wrong keys, old and repeated numbers dropped for their reasons")
    expected = CASES_OF_CARD if given.card else CASES
    if sent != expected or received != expected:
        sys.exit(f"the matrix has {expected} cases")


main()
