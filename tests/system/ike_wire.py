#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a capture of the wire between two IKE peers against their SAs: nothing without ESP or AH, every packet of these opens in
scapy.

usage: ike_wire.py --states FILE [--states FILE ...] CAPTURE

FILE: what `xesp -j state list --show-keys` said; as often as keys have changed.
Prints counts as JSON. Exit status 0 if all is well, 1 if a frame is in clear or does not open, 65 if files can't be read.
"""
import argparse
import copy
import json
import logging
import pathlib
import sys
from collections import Counter

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
from scapy.error import Scapy_Exception  # noqa: E402
from scapy.layers.inet import ICMP, IP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6, _ICMPv6  # noqa: E402
from scapy.layers.ipsec import AH, ESP, SecurityAssociation  # noqa: E402
from scapy.layers.l2 import ARP  # noqa: E402
from scapy.utils import PcapReader  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).parents[1] / "unit" / "host"))
from scapy_suites import HmacWithHighHalf  # noqa: E402

CIPHERS = {"rfc4106(gcm(aes))": "GCM by its mode", "rfc4543(gcm(aes))": "GMAC", "cbc(aes)": "AES-CBC",
           "ecb(cipher_null)": "NULL", "rfc7539esp(chacha20,poly1305)": "CHACHA20-POLY1305"}
HMACS = {"hmac(sha256)": "SHA2-256-128", "hmac(sha384)": "SHA2-384-192", "hmac(sha512)": "SHA2-512-256"}
NEIGHBOUR_DISCOVERY = range(133, 138)


def key_of(part):
    return bytes.fromhex(part["key"].removeprefix("0x"))


def association(sa):
    """scapy's form of an SA of xespd."""
    ip = IPv6 if ":" in sa["dst"] else IP
    more = {"tunnel_header": ip(src=sa["src"], dst=sa["dst"])} if sa["mode"] == "tunnel" else {}
    if sa["proto"] == "ah":
        return SecurityAssociation(AH, spi=sa["spi"], esn_en=sa["esn"], auth_algo=HMACS[sa["auth"]["name"]],
                                   auth_key=key_of(sa["auth"]), **more)
    if "aead" in sa:
        more.update(crypt_algo=CIPHERS[sa["aead"]["name"]], crypt_key=key_of(sa["aead"]),
                    crypt_icv_size=sa["aead"]["icv_bits"] // 8)
    else:
        more.update(crypt_algo=CIPHERS[sa["enc"]["name"]], crypt_key=key_of(sa["enc"]) if "key" in sa["enc"] else None,
                    auth_algo=HMACS[sa["auth"]["name"]], auth_key=key_of(sa["auth"]))
    made = SecurityAssociation(ESP, spi=sa["spi"], esn_en=sa["esn"], **more)
    if sa["esn"] and "auth" in sa:
        made.auth_algo = HmacWithHighHalf(made.auth_algo)
    return made


def read_states(paths):
    sas = {}
    for path in paths:
        with open(path, encoding="ascii") as file:
            for sa in json.load(file):
                if not sa.get("larval"):
                    sas[sa["spi"]] = association(sa)
    return sas


def kind_of(packet):
    """esp, ah, or what else may be on the wire: arp, neighbour, link, ike, keepalive; or clear."""
    if packet.haslayer(ARP):
        return "arp"
    if isinstance(packet.payload.payload, AH):
        return "ah"  # before all that may be in it, for it is in clear
    if packet.haslayer(UDP):
        udp = packet[UDP]  # first: scapy takes all of port 4500 for ESP
        payload = bytes(udp.payload)
        if udp.dport == 500 or udp.sport == 500:
            return "ike"
        if 4500 in (udp.dport, udp.sport):
            if payload == b"\xff":
                return "keepalive"
            return "ike" if payload[:4] == bytes(4) else "esp_in_udp"
        return "clear"
    if packet.haslayer(ESP):
        return "esp"
    icmp = packet.getlayer(_ICMPv6, _subclass=True)
    if icmp is not None and icmp.type in NEIGHBOUR_DISCOVERY:
        return "neighbour"
    if packet.haslayer(IPv6) and packet[IPv6].dst.startswith("ff02:"):
        return "link"  # the kernel's own, to its link: multicast listeners
    return "clear"


def open_packet(packet, kind, sas):
    """What is inside, or None where there is no SA. Raises where the ICV is wrong."""
    if kind == "ah":
        network = packet.payload.copy()
        sa = sas.get(network[AH].spi)
        if sa is None:
            return None
        inner = bytes(sa.decrypt(network))  # read anew, for scapy's AH knows few next headers
        return IPv6(inner) if inner[0] >> 4 == 6 else IP(inner)
    network = copy.copy(packet[IPv6] if packet.haslayer(IPv6) else packet[IP])
    if kind == "esp_in_udp":
        esp = ESP(bytes(packet[UDP].payload))
        network = IP(src=network.src, dst=network.dst, proto=50) / esp
    sa = sas.get(network[ESP].spi)
    return None if sa is None else sa.decrypt(network)


def read_capture(path, sas):
    found = Counter(esp=0, ah=0, opened=0, refused=0, clear=0, icmp=0)
    problems, spis = [], set()
    with PcapReader(path) as frames:
        for frame in frames:
            kind = kind_of(frame)
            found[kind] += 1
            if kind == "clear":
                problems.append(f"in clear: {frame.summary()}")
            if kind not in ("esp", "esp_in_udp", "ah"):
                continue
            try:
                inner = open_packet(frame, kind, sas)
            except Exception as error:  # scapy has many; each means a packet that does not open
                inner, problem = None, f"does not open: {error}"
            else:
                problem = "of an SA that nobody has"
            if inner is None:
                found["refused"] += 1
                problems.append(f"{problem}: {frame.summary()}")
                continue
            found["opened"] += 1
            spis.add(bytes(frame[UDP].payload)[:4] if kind == "esp_in_udp" else frame[AH if kind == "ah" else ESP].spi)
            if inner.haslayer(ICMP) or inner.haslayer(_ICMPv6, _subclass=True):
                found["icmp"] += 1
    return {**found, "spis": len(spis)}, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", required=True, action="append", metavar="FILE")
    parser.add_argument("capture")
    args = parser.parse_args()
    try:
        found, problems = read_capture(args.capture, read_states(args.states))
    except (OSError, ValueError, KeyError, Scapy_Exception) as error:
        print(f"ike_wire: {error!r}", file=sys.stderr)
        return 65
    print(json.dumps(found))
    for problem in problems[:5]:
        print(f"ike_wire: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
