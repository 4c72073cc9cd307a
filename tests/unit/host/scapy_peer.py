# SPDX-License-Identifier: Apache-2.0
"""scapy as an independent ESP peer: it opens what `xesp pcap encrypt` sealed, and `xesp pcap decrypt` opens what it
sealed. Usage: scapy_peer.py path/to/xesp [more arguments for xesp pcap, such as --engine xrt ...]"""

import json
import pathlib
import subprocess
import sys
import tempfile

from scapy.layers.inet import IP, UDP
from scapy.layers.ipsec import ESP, SecurityAssociation
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw
from scapy.utils import rdpcap, wrpcap

SALT = bytes.fromhex("a0a1a2a3")
SPI = 0x1001
OUTER = IP(src="192.0.2.1", dst="198.51.100.1")
LENGTHS = [*range(0, 70), 255, 256, 1399, 1400, 1452]


def xesp(program, verb, source, target, mode, key, extra):
    sa = (f"src {OUTER.src} dst {OUTER.dst} proto esp spi {SPI:#x} mode {mode} "
          f"aead 'rfc4106(gcm(aes))' 0x{key.hex()} 128")
    done = subprocess.run([program, "-j", "pcap", verb, source, target, "--sa", sa, *extra],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"xesp pcap {verb} ended with {done.returncode}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def check(program, mode, bits, extra, folder):
    key = bytes(range(bits // 8)) + SALT
    ends = ("10.1.0.1", "10.2.0.1") if mode == "tunnel" else (OUTER.src, OUTER.dst)
    clear = [Ether() / IP(src=ends[0], dst=ends[1], id=n, tos=n % 4) / UDP(sport=1000, dport=n + 1) /
             Raw(bytes(i % 251 for i in range(n))) for n in LENGTHS]
    peer = SecurityAssociation(ESP, spi=SPI, crypt_algo="AES-GCM", crypt_key=key, seq_num=1,
                               tunnel_header=OUTER if mode == "tunnel" else None)
    names = {name: str(folder / f"{mode}{bits}-{name}.pcap") for name in ("clear", "esp", "peer", "back")}

    wrpcap(names["clear"], [*clear, Ether() / ARP()])
    report = xesp(program, "encrypt", names["clear"], names["esp"], mode, key, extra)
    assert report["out"] == len(clear) and report["drops"] == {"not_ipv4": 1}, report
    sealed = rdpcap(names["esp"])
    assert len(sealed) == len(clear)
    for number, (before, after) in enumerate(zip(clear, sealed), start=1):
        assert after[ESP].seq == number
        assert bytes(peer.decrypt(after[IP])) == bytes(IP(bytes(before[IP]))), f"{mode}, packet {number}"

    wrpcap(names["peer"], [Ether() / peer.encrypt(IP(bytes(p[IP]))) for p in clear])
    report = xesp(program, "decrypt", names["peer"], names["back"], mode, key, extra)
    assert report["out"] == len(clear) and not report["drops"], report
    for number, (before, after) in enumerate(zip(clear, rdpcap(names["back"])), start=1):
        assert bytes(after[IP]) == bytes(IP(bytes(before[IP]))), f"{mode}, packet {number} from scapy"
    print(f"{mode}, AES-{bits}: {len(clear)} packets each way agree with scapy")


def main():
    program, extra = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        for mode in ("tunnel", "transport"):
            for bits in (128, 192, 256):
                check(program, mode, bits, extra, pathlib.Path(folder))


main()
