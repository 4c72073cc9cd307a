# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For scripts that need a Linux kernel other than this one, to be sourced behind scripts/gateways.sh: Debian's, in QEMU
# without KVM, with this host's files as its own (read-only, with a layer in memory over them) and one network card in a
# namespace of the lab. Boots in some 15 s.
#
#   need_guest BUILD              exit 77 with the reason if QEMU or the kernel is not here. A kernel that is not installed is
#                                 downloaded by apt-get and unpacked into BUILD/guest, where it stays
#   guest_up NODE DEV             boot it, with its card eth0 on a tap device DEV in that node
#   guest CMD...                  run CMD in it by bash; its output and status are those of CMD
#   guest_down                    power it off
#
# Sets $guest_kernel (its version). Needs $work; the console's log is $work/guest.log.

# shellcheck disable=SC2154  # gateways.sh sets them
: "$me" "$suffix" "$root"
guest_pid='' guest_kernel='' guest_image='' guest_modules=''
guest_files=$(cd "$(dirname "${BASH_SOURCE[0]}")/guest" && pwd)
guest_needs=(virtio_pci virtio_net virtio_console 9pnet_virtio 9p overlay)  # until the host's files are there

guest_skip() { echo "$me: skipped: $*" >&2; exit 77; }

# By the package's files alone: installing it would make an initramfs and change how this host boots.
guest_unpack() {  # FOLDER
  local package
  package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  [[ -n $package ]] || guest_skip "apt knows no linux-image-amd64"
  rm -rf "$1.part"
  mkdir -p "$1.part"
  say "downloading $package"
  (cd "$1.part" && apt-get download -qq "$package" && dpkg-deb -x ./*.deb . && rm ./*.deb) >&2 ||
    guest_skip "no $package to be had from apt"
  rm -rf "$1.part"/lib/modules/*/kernel/{sound,drivers/{gpu,media,infiniband,scsi,iio,staging,usb,net/wireless}}
  depmod -b "$1.part" "$(basename "$1.part"/lib/modules/*)"
  mv "$1.part" "$1"
}

guest_find() {  # FOLDER: an image with its modules below it
  local image
  for image in "$1"/boot/vmlinuz-*-amd64; do
    if [[ -f $image && -d $1/lib/modules/${image#*/vmlinuz-} ]]; then
      guest_image=$image guest_modules=${1%/}/lib/modules guest_kernel=${image#*/vmlinuz-}
      return 0
    fi
  done
  return 1
}

need_guest() {  # BUILD
  local tool build
  build=$(cd "$1" && pwd)
  [[ $(uname -m) == x86_64 ]] || guest_skip "the guest is x86_64, and has this host's programs"
  for tool in qemu-system-x86_64 busybox cpio depmod; do
    command -v "$tool" >/dev/null || guest_skip "$tool is not here, scripts/setup.sh installs it"
  done
  guest_find / || guest_find "$build/guest" || { guest_unpack "$build/guest" && guest_find "$build/guest"; } ||
    guest_skip "no kernel image with modules"
}

# busybox with its libraries, the modules in the order that they need each other, and our two files.
guest_initramfs() {
  local at=$work/initramfs file
  mkdir -p "$at"/{bin,modules,proc,sys,dev}
  cp "$(command -v busybox)" "$at/bin/busybox"
  for file in $(ldd "$at/bin/busybox" | grep -oE '/[^ ]+'); do install -D "$file" "$at$file"; done
  for file in sh mount mkdir sed insmod cp switch_root poweroff echo; do ln -s busybox "$at/bin/$file"; done
  for file in "${guest_needs[@]}"; do
    modprobe -d "${guest_modules%/lib/modules}/" -S "$guest_kernel" --show-depends "$file" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++' >"$work/modules"
  while read -r file; do
    cp "$file" "$at/modules/"
    echo "${file##*/}" >>"$at/modules/order"
  done <"$work/modules"
  cp "$guest_files"/{init,agent} "$at/"
  chmod 755 "$at/init"
  (cd "$at" && find . | cpio -o -H newc --quiet) >"$work/initramfs.cpio"
  rm -r "$at" "$work/modules"
}

guest_up() {  # NODE DEV
  local line
  guest_initramfs
  mkfifo -m 600 "$work"/ctl.{in,out}
  ip -n "$1$suffix" tuntap add "$2" mode tap
  # Packets with checksums of their own, each a packet of the wire: no offloads on either side.
  setsid ip netns exec "$1$suffix" qemu-system-x86_64 -nographic -no-reboot -nodefaults -M q35 -cpu max -m 1024 \
    -kernel "$guest_image" -initrd "$work/initramfs.cpio" -append \
    "console=ttyS0 quiet panic=-1 mitigations=off xesp_modules=$guest_modules" -serial "file:$work/guest.log" \
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
    -device virtio-9p-pci,fsdev=host,mount_tag=host -chardev "pipe,id=ctl,path=$work/ctl" -device virtio-serial-pci \
    -device virtserialport,chardev=ctl -device virtio-rng-pci -netdev "tap,id=net,ifname=$2,script=no,downscript=no" \
    -device virtio-net-pci,netdev=net,mac=02:00:00:00:00:02,csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off,host_tso4=off,host_tso6=off,host_ecn=off,host_ufo=off \
    </dev/null >"$work/qemu.log" 2>&1 &
  guest_pid=$!
  helpers+=("$guest_pid")
  disown
  exec {guest_to}<>"$work/ctl.in" {guest_from}<>"$work/ctl.out"
  read -r -t 240 -u "$guest_from" line || fail "the guest does not boot: $(tail -n 3 "$work/guest.log" "$work/qemu.log")"
  [[ $line == "ready $guest_kernel" ]] || fail "the guest says '$line', not that $guest_kernel is ready"
}

guest() {
  local status output
  base64 -w 0 <<<"$*" >&"$guest_to"
  echo >&"$guest_to"
  read -r -t 400 -u "$guest_from" status output || fail "the guest gives no answer to: $*"
  base64 -d <<<"$output"
  return "$status"
}

guest_down() {
  base64 -w 0 <<<end >&"$guest_to"
  echo >&"$guest_to"
  for _ in {1..300}; do
    if ! kill -0 "$guest_pid" 2>/dev/null; then
      rm "$work"/ctl.{in,out} "$work/initramfs.cpio"
      return 0
    fi
    sleep 0.1
  done
  fail "the guest does not power off: $(tail -n 3 "$work/guest.log")"
}

# The lab with the guest in gateway B's place, addresses and all: eth0 on the wire, and behind it hostB, a namespace of the
# guest with 10.81.2.2 and 2001:db8:81:2::2. An xespd on gateway A.
guest_lab() {  # BUILD
  need_namespaces
  build=$(cd "$1" && pwd)
  export PATH=$build/bin:$PATH
  work=$(mktemp -d "/tmp/xesp-$me.XXXXXX")
  # shellcheck disable=SC2034  # for tap_on
  capture=$work/wire.pcap
  trap gateways_down EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir -m 700 "$work"/{a,bpf,keys}
  mount -t bpf bpf "$work/bpf"
  "$root/scripts/lab.sh" up "$suffix"
  "$root/scripts/lab.sh" ipv6 "$suffix"
  ip netns del "gwB$suffix"
  ip netns del "hostB$suffix"
  start_gateway "$build" software a
  await_gateway a "${daemons[0]}"
  guest_up wire toG
  ip -n "wire$suffix" link set toG master br0 up
  guest "set -e
    echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
    echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad
    ip netns add hostB
    ip link add in0 type veth peer name eth0 address 02:00:00:00:0b:02 netns hostB
    ip -n hostB link set eth0 mtu 1400 up
    ip -n hostB link set lo up
    ip netns exec hostB ethtool -K eth0 tx off tso off gso off >/dev/null
    ip -n hostB addr add 10.81.2.2/24 dev eth0
    ip -n hostB addr add 2001:db8:81:2::2/64 dev eth0 nodad
    ip link set in0 up
    ip link set eth0 up
    ip addr add 10.81.2.1/24 dev in0
    ip addr add 2001:db8:81:2::1/64 dev in0 nodad
    ip addr add 192.0.2.2/24 dev eth0
    ip addr add 2001:db8::2/64 dev eth0 nodad
    ip route add 10.81.1.0/24 via 192.0.2.1
    ip route add 2001:db8:81:1::/64 via 2001:db8::1
    ip -n hostB route add default via 10.81.2.1
    ip -n hostB route add default via 2001:db8:81:2::1
    echo 1 >/proc/sys/net/ipv4/ip_forward
    echo 1 >/proc/sys/net/ipv6/conf/all/forwarding" >"$work/guest-net.log" || fail "the guest's network: $(<"$work/guest-net.log")"
  say "Linux $guest_kernel in QEMU after $SECONDS s, in gateway B's place"
}
