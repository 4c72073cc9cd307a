#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the checks themselves: decode_esp.py and account.py must see what is wrong with a capture."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.ipsec import ESP, SecurityAssociation
from scapy.layers.l2 import ARP, Ether
from scapy.utils import wrpcap

HERE = pathlib.Path(__file__).parent
SPI = 0x1001
KEY = bytes(range(36))
OUTER = IP(src="192.0.2.1", dst="192.0.2.2")
INNER = {"src": "10.81.1.2", "dst": "10.81.2.2"}


def ping(kind):
    sa = SecurityAssociation(ESP, spi=SPI, crypt_algo="AES-GCM", crypt_key=KEY, tunnel_header=OUTER)
    return Ether() / sa.encrypt(IP(**INNER) / ICMP(type=kind) / b"payload")


def tampered(frame):
    wire = bytearray(bytes(frame))
    wire[-1] ^= 1
    return Ether(bytes(wire))


class DecodeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def decode(self, frames, key=KEY):
        wrpcap(self.path("pcap"), frames)
        pathlib.Path(self.path("keys")).write_text(f"{SPI:#x} {key.hex()}\n", encoding="ascii")
        done = subprocess.run(
            [HERE / "decode_esp.py", "--keys", self.path("keys"), self.path("pcap")], check=True, capture_output=True
        )
        return json.loads(done.stdout)

    def account(self, wire):
        side = {"packets": 1, "bytes": 84, "batches": 1, "card_cycles": 0, "by_reason": {"ok": 1}}
        gateway = {"engine": "test", "out": side, "in": side, "dataplane": {"out": {"sent": 1}}}
        for name, content in (("wire", wire), ("stats", gateway)):
            pathlib.Path(self.path(name)).write_text(json.dumps(content), encoding="utf-8")
        options = ["--engine", "software", "--pings", "1", "--payload", "0"]
        options += ["--wire", self.path("wire"), "--stats", self.path("stats"), self.path("stats")]
        return subprocess.run([HERE / "account.py", *options], check=False, capture_output=True).returncode

    def test_pings_are_found(self):
        wire = self.decode([ping(8), ping(0), Ether() / ARP()])
        self.assertEqual((wire["echo_request"], wire["echo_reply"], wire["arp"]), (1, 1, 1))
        self.assertEqual((wire["esp"], wire["opened"], wire["clear"]), (2, 2, 0))
        self.assertEqual(self.account(wire), 0)

    def test_clear_packets_fail(self):
        wire = self.decode([ping(8), ping(0), Ether() / IP(**INNER) / UDP()])
        self.assertEqual(wire["clear"], 1)
        self.assertEqual(self.account(wire), 1)

    def test_tampered_packets_fail(self):
        wire = self.decode([ping(8), tampered(ping(0))])
        self.assertEqual((wire["opened"], wire["refused"]), (1, 1))
        self.assertEqual(self.account(wire), 1)

    def test_another_key_opens_nothing(self):
        self.assertEqual(self.decode([ping(8)], key=bytes(36))["opened"], 0)


if __name__ == "__main__":
    unittest.main()
