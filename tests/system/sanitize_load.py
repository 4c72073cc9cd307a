#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Traffic between the two hosts of the lab for scripts/sanitize.sh, the same program on both: UDP of all lengths by IPv4 and IPv6
(whole, in fragments, with DF, with a TTL that ends at the gateway), and TCP connections whose bytes come back.
  sanitize_load.py PEER4 PEER6
Until SIGTERM; then one line of JSON with what was sent and what came."""
import json
import os
import random
import signal
import socket
import sys
import threading
import time

UDP, TCP = 7000, 7001
BURST, PAUSE = 12, 0.01
LENGTHS = [0, 1, 17, 64, 64, 64, 200, 512, 1000, 1300, 1352, 1372, 1373, 2000, 5000]
TCP_BYTES = 40000

counts = {"udp_sent": 0, "udp4_received": 0, "udp6_received": 0, "tcp_whole": 0, "tcp_failed": 0, "tcp_wrong": 0}
ended = threading.Event()
sockets = {}  # by family


def open_udp(family):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(("", UDP))
    s.settimeout(0.2)
    return s


def receive(family, name):
    while not ended.is_set():
        try:
            sockets[family].recvfrom(65536)
            counts[name] += 1
        except OSError:  # none came, or word of an ICMP error
            pass


def send(peers):
    noise = os.urandom(65536)
    df = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    df.setsockopt(socket.IPPROTO_IP, 10, 3)  # IP_MTU_DISCOVER, IP_PMTUDISC_PROBE: DF, and what the kernel has learnt is no matter
    short = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    short.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
    while not ended.is_set():
        for _ in range(BURST):
            family, peer = random.choice(peers)
            length = random.choice(LENGTHS)
            start = random.randrange(len(noise) - length)
            s, kind = sockets[family], random.random()
            if family == socket.AF_INET and kind < 0.1:
                s, length = df, min(length, 1372)
            elif family == socket.AF_INET and kind < 0.12:
                s = short
            try:
                s.sendto(noise[start:start + length], (peer, UDP))
                counts["udp_sent"] += 1
            except OSError:  # as above
                pass
        time.sleep(PAUSE)


def echo(connection):
    with connection:
        connection.settimeout(20)
        try:
            while data := connection.recv(65536):
                connection.sendall(data)
        except OSError:
            pass


def serve(listener):
    listener.settimeout(0.2)
    while not ended.is_set():
        try:
            threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()
        except OSError:
            pass


def connect(peer):
    while not ended.is_set():
        sent, came = os.urandom(TCP_BYTES), b""
        try:
            with socket.create_connection((peer, TCP), timeout=20) as s:
                threading.Thread(target=send_all, args=(s, sent), daemon=True).start()
                while len(came) < len(sent) and (data := s.recv(65536)):
                    came += data
        except OSError:
            pass
        if len(came) < len(sent):
            counts["tcp_failed"] += 1
            time.sleep(0.2)
        else:
            counts["tcp_whole" if came == sent else "tcp_wrong"] += 1


def send_all(s, data):
    try:
        s.sendall(data)
    except OSError:
        pass


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: sanitize_load.py PEER4 PEER6")
    peers = [(socket.AF_INET, sys.argv[1]), (socket.AF_INET6, sys.argv[2])]
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    listener = socket.create_server(("", TCP))
    work = [(send, peers), (serve, listener), (connect, peers[0][1])]
    for family, name in ((socket.AF_INET, "udp4_received"), (socket.AF_INET6, "udp6_received")):
        sockets[family] = open_udp(family)
        work.append((receive, family, name))
    for function, *arguments in work:
        threading.Thread(target=function, args=arguments, daemon=True).start()
    ended.wait()
    time.sleep(0.3)
    print(json.dumps(counts), flush=True)


main()
