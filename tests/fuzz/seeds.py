#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the fuzzers' first inputs in corpus/, which is committed: run this only after a change of what they read.

    seeds.py XCLBIN     a small xclbin, as xesp-mkxclbin writes it around any zip
What fuzzers once failed on is in corpus/ too, under names of its own, and stays.
"""

import pathlib
import struct
import sys

from scapy.all import ICMP, IP, TCP, UDP, IPOption, IPv6, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, Raw, fragment

HERE = pathlib.Path(__file__).resolve().parent

# Kinds of SA by their place in every_kind() of sas.h: those that seal_by_hand() knows, and those of the card.
SEALED_GCM, SEALED_GMAC = 0, 2
ROUND_TRIP_KINDS = (0, 1, 2, 3, 8, 10, 14, 15, 16)
CARD_KINDS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13)


def put(fuzzer, name, data):
    folder = HERE / "corpus" / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def clear_packets():
    udp = UDP(sport=7, dport=9)
    inside = {"src": "10.1.0.1", "dst": "10.2.0.1"}
    first = bytes(IP(**inside) / udp / Raw(b"0123456789" * 4))
    return {
        "udp": first,
        "tcp": bytes(IP(**inside) / TCP(flags="S", options=[("MSS", 1460)])),
        "udp6": bytes(IPv6(src="2001:db8::5", dst="2001:db8::6") / IPv6ExtHdrHopByHop() / udp / Raw(b"x" * 40)),
        "fragment": bytes(IP(**inside, flags=1, frag=3, options=[IPOption(b"\x94\x04\0\0")]) / Raw(b"y" * 600)),
        "icmp": bytes(IP(**inside) / ICMP(type=3, code=4) / Raw(first[:28])),
        # Between the SAs' own ends, for transport mode.
        "transport": bytes(IP(src="192.0.2.1", dst="198.51.100.1") / udp / Raw(b"z" * 33)),
        "transport6": bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / udp / Raw(b"z" * 33)),
    }


def protected_packets(packets):
    """Packets of the wire with ICVs of zeros."""
    v4, v6 = {"src": "192.0.2.1", "dst": "198.51.100.1"}, {"src": "2001:db8::1", "dst": "2001:db8::2"}

    def esp(spi):
        return Raw(struct.pack(">II", spi, 1) + bytes(60))

    def ah(next_header, words, spi, icv_and_padding):
        return struct.pack(">BBHII", next_header, words - 2, 0, spi, 1) + bytes(8 + icv_and_padding)

    return {
        "esp": bytes(IP(**v4, proto=50) / esp(0x1001)),
        "esp6": bytes(IPv6(**v6, nh=50) / esp(0x1003)),
        "nat": bytes(IP(**v4) / UDP(sport=4500, dport=4500) / esp(0x1005)),
        "ah": bytes(IP(**v4, proto=51) / Raw(ah(4, 9, 0x1009, 16) + packets["udp"])),
        "ah6": bytes(IPv6(**v6, nh=51) / Raw(ah(41, 10, 0x100B, 20) + packets["udp6"])),
    }


def ethernet(packet, tags=b""):
    ether_type = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0"
    return b"\2" * 6 + b"\3" * 6 + tags + ether_type + packet


def with_trailer(packet):
    """What ESP encrypts in a tunnel (RFC 4303 2.4 to 2.6)."""
    pad = -(len(packet) + 2) % 4
    return packet + bytes(range(1, pad + 1)) + bytes([pad, 41 if packet[0] >> 4 == 6 else 4])


def reassembly(clear):
    """Fragments behind their lengths, and packets for the fuzzer to cut and order itself."""
    def sequence(fragments):
        return b"\0" + b"".join(struct.pack(">BH", 1, len(f)) + f for f in fragments)

    whole = IP(src="10.1.0.1", dst="10.2.0.1", id=77) / UDP(sport=7, dport=9) / Raw(bytes(range(256)) * 2)
    v4 = [bytes(f) for f in fragment(whole, 128)]
    v6 = [bytes(IPv6(src="2001:db8::5", dst="2001:db8::6") / IPv6ExtHdrFragment(id=5, nh=17, offset=o, m=m) / Raw(d))
          for o, m, d in ((0, 1, bytes(UDP(sport=7, dport=9, len=40)) + b"a" * 8), (2, 0, b"b" * 24))]
    put("reassembly", "v4", sequence(v4))
    put("reassembly", "v4_backwards_twice", sequence(v4[::-1] * 2))
    put("reassembly", "v6", sequence(v6))
    put("reassembly", "overlap", sequence([v4[0], v4[0][:-1] + b"x", v4[1]]))
    for name in ("udp", "udp6", "transport"):
        put("reassembly", "cut_" + name, b"\1" + struct.pack(">H", 12) + bytes(range(1, 9)) + clear[name])
    put("reassembly", "cut_long", b"\1" + struct.pack(">H", 40) + bytes(range(1, 9)) + bytes(whole))


def packets():
    clear = clear_packets()
    reassembly(clear)
    for name, packet in clear.items():
        put("ip_packet", name, struct.pack(">H", 1400) + packet)
        put("ip_packet", name + "_small", struct.pack(">H", 120) + packet)
        put("frames", name, b"\0" + ethernet(packet))
        for kind in ROUND_TRIP_KINDS:
            put("round_trip", f"{name}_{kind}", bytes([kind, 0, 0]) + packet)
    put("frames", "vlan", b"\0" + ethernet(clear["udp"], b"\x88\xa8\0\5\x81\0\0\7"))
    put("frames", "cooked", b"\2\0\0\0\1\0\6" + b"\2" * 8 + b"\x08\0" + clear["udp"])
    put("frames", "raw", b"\1" + clear["udp6"])

    for name, packet in protected_packets(clear).items():
        put("esp_in", name, b"\1" + packet)
        put("card", "in_" + name, b"\0\0" + packet)
    for name in ("udp", "udp6"):
        text = with_trailer(clear[name])
        put("esp_in", "sealed_" + name, bytes([0, SEALED_GCM, 0, 5]) + text)
        put("esp_in", "sealed_gmac_" + name, bytes([0, SEALED_GMAC, 0, 5]) + text)
        put("card", "sealed_" + name, b"\2\0" + text)
        put("card", "sealed_gmac_" + name, b"\2\6" + text)
    for name in ("udp", "udp6", "transport", "transport6", "fragment"):
        for kind in CARD_KINDS:
            put("card", f"out_{name}_{kind}", bytes([1, kind]) + clear[name])


STATE = (
    "src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 reqid 1 mode tunnel dir out "
    f"aead 'rfc4106(gcm(aes))' 0x{'00' * 36} 128 replay-window 64 flag esn limit packet-hard 100 "
    "sel src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp")
STATE_CBC = (
    "src 192.0.2.1 dst 198.51.100.1 proto esp spi 7777 mode transport "
    f"enc 'cbc(aes)' 0x{'11' * 16} auth-trunc 'hmac(sha256)' 0x{'22' * 32} 128 encap espinudp 4500 4500 0.0.0.0")
POLICY = (
    "src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp dport 443 dir out "
    "tmpl src 192.0.2.1 dst 198.51.100.1 proto esp reqid 1 mode tunnel")
STATE_DUMP = f"""src 192.0.2.1 dst 198.51.100.1
\tproto esp spi 0xc5a1f2e3(3315725027) reqid 1(0x00000001) mode tunnel
\treplay-window 0 seq 0x00000000 flag af-unspec (0x00100000)
\taead rfc4106(gcm(aes)) 0x{'33' * 36} (288 bits) 128
\tanti-replay esn context:
\t seq-hi 0x0, seq 0x0, oseq-hi 0x0, oseq 0x5
\t replay_window 32, bitmap-length 1
\t 00000000\x20
\tlifetime config:
\t  limit: soft (INF)(bytes), hard (INF)(bytes)
\tstats:
\t  replay-window 0 replay 0 failed 0
"""
POLICY_DUMP = """src 10.1.0.0/24 dst 10.2.0.0/24 uid 0
\tdir out action allow index 9 priority 375423 share any flag  (0x00000000)
\ttmpl src 192.0.2.1 dst 198.51.100.1
\t\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode tunnel
\t\tlevel required share any\x20
"""
SA_JSON = (
    '{"src":"192.0.2.1","dst":"198.51.100.1","proto":"esp","spi":4097,"reqid":1,"mode":"tunnel",'
    f'"aead":{{"name":"rfc4106(gcm(aes))","key":"{"00" * 36}","icv_bits":128}},"dir":"in"}}')
POLICY_JSON = (
    '{"sel":{"src":"10.1.0.0/24","dst":"10.2.0.0/24"},"dir":"out","action":"protect",'
    '"tmpl":{"src":"192.0.2.1","dst":"198.51.100.1","reqid":1,"mode":"tunnel"}}')


def texts():
    put("config", "full", (HERE.parent.parent / "host/daemon/xesp.toml").read_bytes())
    put("config", "small", b'socket = "/run/x"\ninside = ["eth0"]\n[log]\ncontrol = "debug"\n')
    for name, form, text in (("state", 0, STATE), ("cbc", 0, STATE_CBC), ("policy", 2, POLICY), ("dump", 1, STATE_DUMP),
                             ("dump_policy", 1, POLICY_DUMP)):
        put("xfrm_words", name, bytes([form]) + text.encode())
    plain = ("state.list", "policy.list", "count", "stats", "card", "caps", "version", "notice.list", "state.flush",
             "policy.flush")
    name = '"sa":{"dst":"198.51.100.1","spi":4097}'
    lines = [
        f'"do":"state.add","sa":{SA_JSON}', f'"do":"policy.add","policy":{POLICY_JSON}', f'"do":"state.get",{name}',
        '"do":"state.list","show_keys":true,"larval":true',
        '"do":"where","src":"10.1.0.1","dst":"10.2.0.1","proto":6,"sport":1,"dport":2,"dir":"out"',
        '"do":"state.reserve","src":"198.51.100.1","dst":"192.0.2.1","proto":"esp"',
        f'"do":"state.move",{name},"new_src":"192.0.2.1","new_dst":"198.51.100.2"',
        '"do":"notice.add","notice":{"peer":"192.0.2.9","kind":"k","text":"t","fix":"f"}',
        f'"do":"state.delete",{name}', *(f'"do":"{p}"' for p in plain)]
    for root, who in ((0, 0), (1, 1), ("reader", 2)):
        put("socket", f"all_{root}", bytes([who]) + "\n".join(f'{{"v":1,{line}}}' for line in lines).encode())


def journals():
    # Edits of journal.cpp: 0 key limit, 1 place change, 2 cut, 3 count bytes.
    put("journal", "two", bytes([0, 1, 0, 7, 0, 2, 0, 9, 0, 1, 0, 11]))
    put("journal", "torn", bytes([0, 1, 0, 7, 0, 2, 0, 9, 2, 30]))
    put("journal", "harmed", bytes([0, 1, 0, 7, 0, 2, 0, 9, 1, 0, 20, 5, 3, 5, 1, 2, 3, 4, 5]))


def hwemu_calls():
    def varint(number):
        text = b""
        while number > 0x7F:
            text += bytes([number & 0x7F | 0x80])
            number >>= 7
        return text + bytes([number])

    def message(*fields):
        """Numbers, or bytes, by field number (sim/hwemu/rpc.proto)."""
        text = b""
        for number, value in fields:
            if isinstance(value, bytes):
                text += varint(number << 3 | 2) + varint(len(value)) + value
            else:
                text += varint(number << 3) + varint(value)
        return text

    def call(api, payload):
        return struct.pack("<BQBI", 9, len(payload), 0x15, api) + payload

    memory, unit = 0x4000000000, 0x1000000  # sim/hwemu/platform.h
    calls = {
        "alloc": call(4, message((1, memory), (2, 4096))),
        "write": call(6, message((3, memory), (4, b"d" * 64), (5, 64), (6, 0))),
        "read": call(7, message((4, memory), (5, 64), (6, 0))),
        "registers": call(9, message((2, unit), (3, 4), (4, b"\1\0\0\0"))) + call(11, message((2, unit), (3, 64), (4, b""))),
        "time": call(17, b"") + call(19, b"") + call(20, b""),
        "free": call(5, message((1, memory))),
        "close": call(1, b""),
    }
    for name, data in calls.items():
        put("hwemu_rpc", name, data)
    put("hwemu_rpc", "all", b"".join(calls.values()))


def xfrm_messages():
    v4 = lambda text: bytes(int(part) for part in text.split(".")) + bytes(12)
    a, b = v4("192.0.2.1"), v4("198.51.100.1")

    def attribute(number, data):
        return struct.pack("<HH", 4 + len(data), number) + data + bytes(-len(data) % 4)

    def message(number, fixed, *attributes):
        fixed += bytes(-len(fixed) % 4)
        text = fixed + b"".join(attributes)
        return struct.pack("<IHHII", 16 + len(text), number, 0, 0, 0) + text

    def selector(src=bytes(16), dst=bytes(16), bits=0):
        return dst + src + bytes(8) + struct.pack("<HBBB3xiI", 2, bits, bits, 0, 0, 0)

    limits = struct.pack("<8Q", *(2**64 - 1,) * 4, 0, 3600, 0, 0)
    counted = struct.pack("<4Q", 0, 0, 1000000, 0)

    def sa(src, dst, spi, flags, *attributes, number=0x10):
        fixed = (selector() + dst + struct.pack(">IB3x", spi, 50) + src + limits + counted + bytes(12) +
                 struct.pack("<IIHBBB7x", 0, 7, 2, 1, 32, flags))
        return message(number, fixed, *attributes)

    def algorithm(name, key, *bits):
        return name.encode().ljust(64, b"\0") + struct.pack(f"<{1 + len(bits)}I", 8 * len(key), *bits) + key

    def policy(index, way, src, dst, *attributes, number=0x13):
        fixed = selector(src, dst, 24) + limits + counted + struct.pack("<IIBBBB4x", 100, index, way, 0, 0, 0)
        return message(number, fixed, *attributes)

    def template(src, dst):
        return attribute(5, dst + struct.pack(">IB3x", 0, 50) + struct.pack("<H2x", 2) + src +
                         struct.pack("<IBBBxIII", 7, 1, 0, 0, *(2**32 - 1,) * 3))

    gcm = attribute(18, algorithm("rfc4106(gcm(aes))", b"k" * 36, 128))
    window = attribute(23, struct.pack("<6I", 4, 0, 0, 0, 0, 128) + bytes(16))
    hmac = attribute(20, algorithm("hmac(sha256)", b"h" * 32, 128)) + attribute(2, algorithm("cbc(aes)", b"c" * 16))
    encap = attribute(4, struct.pack("<H", 2) + struct.pack(">HH", 4500, 4500) + bytes(18))
    net_a, net_b = v4("10.1.0.0"), v4("10.2.0.0")
    out = policy(1 << 3 | 1, 1, net_a, net_b, template(a, b))
    back = policy(2 << 3, 0, net_b, net_a, template(b, a))
    put("xfrm_messages", "tunnel", sa(a, b, 0x1001, 128, gcm, window) + sa(b, a, 0x1002, 0, hmac, encap) + out + back)
    put("xfrm_messages", "marked", sa(a, b, 0x1001, 0, gcm, attribute(21, struct.pack("<II", 1, 1))) + out)
    put("xfrm_messages", "bypass", out + policy(3 << 3 | 1, 1, net_a, net_b))
    put("xfrm_messages", "larval", sa(a, b, 0x1001, 0))
    name = b + struct.pack(">I", 0x1001) + struct.pack("<HBx", 2, 50)
    put("xfrm_messages", "gone", sa(a, b, 0x1001, 0, gcm) + message(0x11, name))
    put("xfrm_messages", "replay", message(0x1e, name + a + bytes(8), window, attribute(9, counted)))


def netlink():
    def attribute(number, data):
        return struct.pack("<HH", 4 + len(data), number) + data + bytes(-len(data) % 4)

    def message(number, text, sequence=7):  # sequence and port as in netlink.cpp
        return struct.pack("<IHHII", 16 + len(text), number, 0, sequence, 9) + text

    a, b = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
    interface = struct.pack("<I", 5)

    def route(kind, *attributes):
        return message(24, struct.pack("<8BI", 2, 32, 0, 0, 254, 0, 0, kind, 0x200) + b"".join(attributes))

    def link(*attributes):
        return message(16, struct.pack("<BxHiII", 0, 1, 6, 0x1043, 0) + b"".join(attributes))

    def neighbour(state):
        return message(28, struct.pack("<B3xiHBB", 2, 5, state, 0, 1) + attribute(1, b) + attribute(2, b"\2\0\0\0\0\1"))

    tag = attribute(18, attribute(1, b"vlan\0") + attribute(2, attribute(1, b"\7\0") + attribute(5, b"\x88\xa8")))
    learned = attribute(8, attribute(2, struct.pack("<I", 552))) + attribute(12, struct.pack("<8I", 0, 0, 600, *5 * (0,)))
    answers = {
        "route": route(1, attribute(4, interface), attribute(5, b), attribute(7, a), learned),
        "route_via": route(1, attribute(4, interface), attribute(18, b"\x0a\0" + bytes(16))),
        "route_local": route(2, attribute(4, interface)),
        "vlan": link(attribute(3, b"v7\0"), attribute(5, interface), tag),
        "vlan_elsewhere": link(attribute(5, interface), attribute(37, bytes(4)), tag),
        "neighbour": neighbour(2),
        "neighbour_failed": neighbour(32),
        "no": message(2, struct.pack("<i", -101) + message(26, bytes(12))),
        "earlier": message(24, struct.pack("<8BI", 2, 32, 0, 0, 254, 0, 0, 2, 0), sequence=6),
    }
    for name, data in answers.items():
        put("netlink", name, b"\0" + data)
    put("netlink", "two", b"\1" + answers["route"] + answers["no"])


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    packets()
    texts()
    journals()
    hwemu_calls()
    xfrm_messages()
    netlink()
    put("xclbin", "small", pathlib.Path(sys.argv[1]).read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
