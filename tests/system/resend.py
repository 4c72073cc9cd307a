#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends captured ESP again, as one who listened on the wire.

    resend.py CAPTURE SPI INTERFACE COUNT

The first and the last packet of this SPI, COUNT times each, out of INTERFACE.
"""
import socket
import struct
import sys

from kernel_wire import esp_of, frames, ip_payload


def main():
    capture, spi, interface, count = sys.argv[1], int(sys.argv[2], 16), sys.argv[3], int(sys.argv[4])
    found = []
    for frame in frames(capture):
        esp = esp_of(*ip_payload(frame))
        if esp and struct.unpack("!I", esp[:4])[0] == spi:
            found.append(frame)
    if len(found) < 2:
        sys.exit(f"resend.py: SPI {spi:#x} has {len(found)} packets in {capture}")
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for frame in [found[0], found[-1]] * count:
            out.send(frame)


if __name__ == "__main__":
    main()
