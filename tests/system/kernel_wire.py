#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What was on the wire between xespd and a Linux kernel: nothing but ESP, and whose IVs were which.

    kernel_wire.py SPIS CAPTURE

SPIS has a line for each SA: its SPI, who sends with it (xespd or kernel), its suite.
xespd's IV of 8 bytes is its sequence number. The kernel's is that number XOR a random salt of the SA (seqiv), which this
measures: one salt must explain all of an SA's IVs. Ends with 1 where something is not so.
"""
import struct
import sys
from collections import defaultdict

COUNTER_SUITES = ("gcm", "gmac", "chacha")
ND_AND_MLD = (130, 131, 132, 133, 134, 135, 136, 137, 143)


def frames(path):
    with open(path, "rb") as file:
        head = file.read(24)
        order = "<" if head[:4] == b"\xd4\xc3\xb2\xa1" else ">"
        while len(head := file.read(16)) == 16:
            length = struct.unpack(order + "IIII", head)[2]
            yield file.read(length)


def ip_payload(frame):
    """(protocol, payload), (None, why) for what belongs to the link, or None for what may not be here."""
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == 0x0806:
        return None, "ARP"
    if kind == 0x0800:
        return frame[23], frame[14 + (frame[14] & 15) * 4:14 + struct.unpack("!H", frame[16:18])[0]]
    if kind == 0x86DD:
        protocol, payload = frame[20], frame[54:54 + struct.unpack("!H", frame[18:20])[0]]
        if protocol == 0 and payload[0] == 58:  # MLD, behind a router alert
            protocol, payload = 58, payload[(payload[1] + 1) * 8:]
        if protocol == 58 and payload[0] in ND_AND_MLD:
            return None, "ICMPv6 of the link"
        return protocol, payload
    return kind, b""


def esp_of(protocol, payload):
    if protocol == 17 and struct.unpack("!H", payload[2:4])[0] == 4500 and payload[8:12] != bytes(4):
        return payload[8:]
    return payload if protocol == 50 else None


class Sa:
    def __init__(self, line):
        spi, self.sender, self.suite = line.split()
        self.spi = int(spi, 16)
        self.packets, self.last, self.high, self.salts = 0, None, 0, set()

    def see(self, esp):
        low = struct.unpack("!I", esp[4:8])[0]
        self.packets += 1
        if self.last is not None and low < self.last and self.last - low > 1 << 31:
            self.high += 1
        self.last = low
        if self.suite in COUNTER_SUITES:
            self.salts.add(struct.unpack("!Q", esp[8:16])[0] ^ (self.high << 32 | low))


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        sas = {sa.spi: sa for sa in map(Sa, file)}
    other = defaultdict(int)
    for frame in frames(sys.argv[2]):
        protocol, payload = ip_payload(frame)
        if protocol is None:
            continue
        esp = esp_of(protocol, payload)
        sa = esp and sas.get(struct.unpack("!I", esp[:4])[0])
        if sa:
            sa.see(esp)
        else:
            other["ESP of no SA" if esp else f"IP protocol {protocol}"] += 1
    wrong = [f"{count} packets that are not to be there: {what}" for what, count in other.items()]
    for sa in sas.values():
        name = f"SPI {sa.spi:#x} of {sa.sender}, {sa.suite}"
        if sa.packets < 3:
            wrong.append(f"{name}: only {sa.packets} packets")
        if sa.suite in COUNTER_SUITES and sa.sender == "xespd" and sa.salts != {0}:
            wrong.append(f"{name}: an IV that is not the sequence number")
        if sa.suite in COUNTER_SUITES and sa.sender == "kernel" and (len(sa.salts) != 1 or sa.salts == {0}):
            wrong.append(f"{name}: IVs that are not the number XOR one salt: {len(sa.salts)} differ")
    salted = [sa for sa in sas.values() if sa.sender == "kernel" and sa.suite in COUNTER_SUITES]
    print(f"the wire: {sum(sa.packets for sa in sas.values())} ESP packets of {len(sas)} SAs and nothing else; "
          f"IVs of {len(salted)} SAs of the kernel's are their numbers XOR a salt of 64 bits, "
          f"{sum(len(hex(next(iter(sa.salts), 0))) <= 10 for sa in salted)} of these below 2^32")
    for line in wrong:
        print("the wire: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
