#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a capture of the wire between two gateways with scapy: an ESP implementation that is none of ours.

usage: decode_esp.py --keys FILE CAPTURE

FILE has a line for each SA: SPI in hexadecimal, then key and salt as one hexadecimal string (RFC 4106 8.1).
Prints what it found as JSON. Exit status 0 if it could read the capture, 65 if not.
"""
import argparse
import json
import logging
import sys
from collections import Counter

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
from scapy.error import Scapy_Exception  # noqa: E402
from scapy.layers.inet import ICMP, IP, TCP  # noqa: E402
from scapy.layers.ipsec import ESP, SecurityAssociation  # noqa: E402
from scapy.layers.l2 import ARP  # noqa: E402
from scapy.utils import PcapReader  # noqa: E402

ICMP_NAMES = {8: "echo_request", 0: "echo_reply"}


def read_keys(path):
    """The SAs by SPI."""
    sas = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            spi, key = line.split()
            spi = int(spi, 16)
            sas[spi] = SecurityAssociation(
                ESP, spi=spi, crypt_algo="AES-GCM", crypt_key=bytes.fromhex(key), tunnel_header=IP()
            )
    return sas


def describe(inner, found):
    """Counts what a decrypted packet is."""
    if ICMP in inner:
        found[ICMP_NAMES.get(inner[ICMP].type, "other_icmp")] += 1
    elif TCP in inner:
        found["tcp"] += 1
        found["tcp_bytes"] += len(inner[TCP].payload)
    else:
        found["other_inner"] += 1


def read_capture(path, sas):
    """Counts frames by kind, and what was inside of the ESP."""
    found = Counter(esp=0, arp=0, clear=0, opened=0, refused=0, echo_request=0, echo_reply=0, tcp=0, tcp_bytes=0)
    clear = []
    with PcapReader(path) as frames:
        for frame in frames:
            if ARP in frame:
                found["arp"] += 1
            elif ESP not in frame:
                found["clear"] += 1
                clear.append(frame.summary())
            else:
                found["esp"] += 1
                sa = sas.get(frame[ESP].spi)
                try:
                    describe(sa.decrypt(frame[IP]), found)
                    found["opened"] += 1
                except Exception as error:  # scapy has many; each means a packet that does not open
                    found["refused"] += 1
                    if found["refused"] == 1:
                        print(f"decode_esp: SPI {frame[ESP].spi:#x} seq {frame[ESP].seq}: {error}", file=sys.stderr)
    return found, clear


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", required=True, metavar="FILE")
    parser.add_argument("capture")
    args = parser.parse_args()
    try:
        found, clear = read_capture(args.capture, read_keys(args.keys))
    except (OSError, ValueError, Scapy_Exception) as error:
        print(f"decode_esp: {error}", file=sys.stderr)
        return 65
    print(json.dumps({**found, "clear_frames": clear[:10]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
