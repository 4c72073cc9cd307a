#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the fuzzers' first inputs in corpus/ (which is committed: run this only after a change of what they read)."""

import pathlib
import struct

from scapy.all import ICMP, IP, TCP, UDP, IPOption, IPv6, IPv6ExtHdrHopByHop, Raw

HERE = pathlib.Path(__file__).resolve().parent


def put(fuzzer, name, data):
    folder = HERE / "corpus" / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


u=bytes(IP(src='10.1.0.1',dst='10.2.0.1')/UDP(sport=7,dport=9)/Raw(b'0123456789'*4))
t=bytes(IP(src='10.1.0.1',dst='10.2.0.1',flags=0)/TCP(flags='S',options=[('MSS',1460)]))
u6=bytes(IPv6(src='2001:db8::5',dst='2001:db8::6')/IPv6ExtHdrHopByHop()/UDP(sport=7,dport=9)/Raw(b'x'*40))
frag=bytes(IP(src='10.1.0.1',dst='10.2.0.1',flags=1,frag=3,options=[IPOption(b'\x94\x04\x00\x00')])/Raw(b'y'*600))
icmp=bytes(IP(src='10.1.0.1',dst='10.2.0.1')/ICMP(type=3,code=4)/Raw(u[:28]))
tr=bytes(IP(src='192.0.2.1',dst='198.51.100.1')/UDP(sport=7,dport=9)/Raw(b'z'*33))
tr6=bytes(IPv6(src='2001:db8::1',dst='2001:db8::2')/UDP(sport=7,dport=9)/Raw(b'z'*33))
for n,p in dict(udp=u,tcp=t,udp6=u6,fragment=frag,icmp=icmp,transport=tr,transport6=tr6).items():
    put('ip_packet',n,struct.pack('>H',1400)+p); put('ip_packet',n+'_small',struct.pack('>H',120)+p)
    for k in (0,1,2,3,8,10,14,15,16):
        put('round_trip',f'{n}_{k}',bytes([k,0,0])+p)
    put('frames',n,bytes([0])+(b'\2'*6+b'\3'*6+(b'\x86\xdd' if p[0]>>4==6 else b'\x08\0'))+p)
put('frames','vlan',bytes([0])+b'\2'*12+b'\x88\xa8\0\5\x81\0\0\7\x08\0'+u)
put('frames','cooked',bytes([2])+b'\0\0\0\1\0\6'+b'\2'*8+b'\x08\0'+u)
put('frames','raw',bytes([1])+u6)
esp=bytes(IP(src='192.0.2.1',dst='198.51.100.1',proto=50)/Raw(struct.pack('>II',0x1001,1)+b'\0'*60))
nat=bytes(IP(src='192.0.2.1',dst='198.51.100.1')/UDP(sport=4500,dport=4500)/Raw(struct.pack('>II',0x1005,1)+b'\0'*60))
ah=bytes(IP(src='192.0.2.1',dst='198.51.100.1',proto=51)/Raw(struct.pack('>BBHII',4,7,0,0x1009,1)+b'\0'*24+u))
ah6=bytes(IPv6(src='2001:db8::1',dst='2001:db8::2',nh=51)/Raw(struct.pack('>BBHII',41,8,0,0x100b,1)+b'\0'*28+u6))
esp6=bytes(IPv6(src='2001:db8::1',dst='2001:db8::2',nh=50)/Raw(struct.pack('>II',0x1003,1)+b'\0'*60))
for n,p in dict(esp=esp,nat=nat,ah=ah,ah6=ah6,esp6=esp6).items():
    put('esp_in',n,b'\1'+p); put('card','in_'+n,b'\0\0'+p)
for n,p in dict(udp=u,udp6=u6).items():
    pad=(-(len(p)+2))%4
    tl=bytes(range(1,pad+1))+bytes([pad,4 if n=='udp' else 41])
    put('esp_in','sealed_'+n,b'\0\0\0\5'+p+tl); put('card','sealed_'+n,b'\2\0'+p+tl)
    put('esp_in','sealed_gmac_'+n,b'\0\2\0\5'+p+tl); put('card','sealed_gmac_'+n,b'\2\6'+p+tl)
for n,p in dict(udp=u,udp6=u6,transport=tr,transport6=tr6,fragment=frag).items():
    for k in (0,1,2,3,4,5,7,8,9,10,11,13): put('card',f'out_{n}_{k}',bytes([1,k])+p)
put('config','full',(HERE.parent.parent / "host/daemon/xesp.toml").read_bytes())
put('config','small',b'socket = "/run/x"\ninside = ["eth0"]\n[log]\ncontrol = "debug"\n')
put('xfrm_words','state',b"\0src 192.0.2.1 dst 198.51.100.1 proto esp spi 0x1001 reqid 1 mode tunnel dir out aead 'rfc4106(gcm(aes))' 0x"+b'00'*36+b" 128 replay-window 64 flag esn limit packet-hard 100 sel src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp")
put('xfrm_words','cbc',b"\0src 192.0.2.1 dst 198.51.100.1 proto esp spi 7777 mode transport enc 'cbc(aes)' 0x"+b'11'*16+b" auth-trunc 'hmac(sha256)' 0x"+b'22'*32+b" 128 encap espinudp 4500 4500 0.0.0.0")
put('xfrm_words','policy',b"\2src 10.1.0.0/24 dst 10.2.0.0/24 proto tcp dport 443 dir out tmpl src 192.0.2.1 dst 198.51.100.1 proto esp reqid 1 mode tunnel")
put('xfrm_words','dump',b"\1src 192.0.2.1 dst 198.51.100.1\n\tproto esp spi 0xc5a1f2e3(3315725027) reqid 1(0x00000001) mode tunnel\n\treplay-window 0 seq 0x00000000 flag af-unspec (0x00100000)\n\taead rfc4106(gcm(aes)) 0x"+b'33'*36+b" (288 bits) 128\n\tanti-replay esn context:\n\t seq-hi 0x0, seq 0x0, oseq-hi 0x0, oseq 0x5\n\t replay_window 32, bitmap-length 1\n\t 00000000 \n\tlifetime config:\n\t  limit: soft (INF)(bytes), hard (INF)(bytes)\n\tstats:\n\t  replay-window 0 replay 0 failed 0\n")
put('xfrm_words','dump_policy',b"\1src 10.1.0.0/24 dst 10.2.0.0/24 uid 0\n\tdir out action allow index 9 priority 375423 share any flag  (0x00000000)\n\ttmpl src 192.0.2.1 dst 198.51.100.1\n\t\tproto esp spi 0x00000000(0) reqid 1(0x00000001) mode tunnel\n\t\tlevel required share any \n")
sa='{"src":"192.0.2.1","dst":"198.51.100.1","proto":"esp","spi":4097,"reqid":1,"mode":"tunnel","aead":{"name":"rfc4106(gcm(aes))","key":"'+'00'*36+'","icv_bits":128},"dir":"in"}'
pol='{"sel":{"src":"10.1.0.0/24","dst":"10.2.0.0/24"},"dir":"out","action":"protect","tmpl":{"src":"192.0.2.1","dst":"198.51.100.1","reqid":1,"mode":"tunnel"}}'
for r in (0,1):
    put('socket',f'all_{r}',bytes([r])+'\n'.join(['{"v":1,"do":"state.add","sa":%s}'%sa,'{"v":1,"do":"policy.add","policy":%s}'%pol]+['{"v":1,"do":"%s"}'%d for d in ('state.list','policy.list','count','stats','card','caps','version','state.flush','policy.flush')]+['{"v":1,"do":"state.list","keys":true}','{"v":1,"do":"where","src":"10.1.0.1","dst":"10.2.0.1","proto":6,"sport":1,"dport":2,"dir":"out"}','{"v":1,"do":"state.delete","sa":{"dst":"198.51.100.1","spi":4097}}']).encode())
put('journal','two',bytes([0,1,0,7, 0,2,0,9, 0,1,0,11]))
put('journal','torn',bytes([0,1,0,7, 0,2,0,9, 2,30]))
put('journal','harmed',bytes([0,1,0,7, 0,2,0,9, 1,0,20,5, 3,5,1,2,3,4,5]))
