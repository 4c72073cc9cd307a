# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For scripts that let strongSwan make the SAs, to be sourced: the gateways of scripts/gateways.sh, without SAs, and a charon
# on each with xesp's plugin. Each charon has /etc/strongswan.conf, /etc/swanctl and /run of its own, in a mount namespace,
# so the configuration is a user's, as it stands in host/strongswan/examples.
#
#   need_charon BUILD             exit 77 with the reason if strongSwan or the plugin is not here
#   ike_up BUILD ENGINE           gateways with a TUN device each, and charons
#   prepare_charon a|b FILE [PLUGIN...]  FILE becomes its /etc/strongswan.conf; these plugins besides the system's
#   servers_up                    the gateways' outer addresses become 192.168.1.10 and 192.168.1.20
#   swan_at a|b ARGS...           swanctl on a gateway's charon
#   swan_conf a|b FILE            FILE becomes the gateway's /etc/swanctl/conf.d/xesp.conf, and is loaded
#   await_child NAME [COUNT]      until both sides have that many CHILD_SAs of this name installed: 1, if not given
#   make_certificates             an authority's and the two gateways', where the tunnel example looks for them
#   await_charon a|b              until it answers
#
# charon_more=... are more settings of both charons.

# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/gateways.sh"

examples=$root/host/strongswan/examples
ipsec_dir=/usr/lib/ipsec
declare -A charons=()
charon_more=${charon_more:-}

need_charon() {  # BUILD
  local tool
  for tool in swanctl pki nsenter nft; do
    if ! command -v "$tool" >/dev/null; then echo "$me: skipped: $tool is not here, scripts/setup.sh installs it" >&2; exit 77; fi
  done
  if [[ ! -x $ipsec_dir/charon ]]; then echo "$me: skipped: no charon here, scripts/setup.sh installs it" >&2; exit 77; fi
  if [[ ! -f $1/charon-plugins/libstrongswan-kernel-xesp.so ]]; then
    echo "$me: skipped: $1 has no plugin for charon; cmake says why when it configures" >&2
    exit 77
  fi
}

start_charon() {  # a|b
  local side=$1 pid
  mkdir -p "$work/$side/swanctl"/{conf.d,x509,x509ca,private}
  echo 'include conf.d/*.conf' >"$work/$side/swanctl/swanctl.conf"
  # shellcheck disable=SC2016  # for the inner shell
  setsid ip netns exec "gw${side^^}$suffix" bash -c '
    set -e
    mount -t tmpfs tmpfs /run
    mkdir /run/xesp
    ln -s "$1/xespd.sock" /run/xesp/
    mount --bind "$1/plugins" "$2/plugins"
    mount --bind "$1/swanctl" /etc/swanctl
    mount --bind "$3" /etc/strongswan.conf
    exec "$2/charon"' charon "$work/$side" "$ipsec_dir" "$work/$side/strongswan.conf" \
    </dev/null >"$work/charon-$side.out" 2>&1 &
  pid=$!
  helpers+=("$pid")
  charons[$side]=$pid
  disown
}

await_charon() {  # a|b
  for _ in {1..100}; do
    if swan_at "$1" --stats >/dev/null 2>&1; then return 0; fi
    kill -0 "${charons[$1]}" 2>/dev/null || fail "charon $1 ended: $(tail -n 1 "$work/charon-$1.out")"
    sleep 0.1
  done
  fail "charon $1 does not answer after 10 s"
}

swan_at() { local side=$1; shift; nsenter -t "${charons[$side]}" -m -n -- timeout 60 swanctl "$@"; }

swan_conf() {  # a|b FILE
  cp "$2" "$work/$1/swanctl/conf.d/xesp.conf"
  swan_at "$1" --load-all >>"$work/swanctl.log" 2>&1 || fail "swanctl --load-all $1: $(tail -n 1 "$work/swanctl.log")"
}

children_of() {  # a|b NAME: how many are installed
  swan_at "$1" --list-sas 2>/dev/null | grep -cE "^  $2: .*, INSTALLED," || true
}

await_child() {  # NAME [COUNT]
  local side count=${2:-1}
  for side in a b; do
    for _ in {1..100}; do
      if (($(children_of "$side" "$1") == count)); then continue 2; fi
      sleep 0.1
    done
    fail "$side has $(children_of "$side" "$1") of $count CHILD_SAs '$1' after 10 s, see $work/charon-$side.log"
  done
}

prepare_charon() {  # a|b FILE [PLUGIN...]
  local side=$1
  mkdir "$work/$side/plugins"
  cp "$ipsec_dir"/plugins/*.so "${@:3}" "$work/$side/plugins/"
  # And a log that can be read while charon runs.
  cat "$2" - >"$work/$side/strongswan.conf" <<<"charon { filelog { here {
    path = $work/charon-$side.log
    default = 1
    knl = 2
    flush_line = yes } } $charon_more }
    swanctl { load = random openssl pem pkcs1 pkcs8 x509 pubkey }"
}

ike_up() {  # BUILD ENGINE
  local side
  xespd_more=(--tun xesp0 --mark 0x42)
  gateways_bare "$1" "$2"
  say "a charon on each gateway, with the examples of host/strongswan/examples"
  for side in a b; do
    prepare_charon "$side" "$examples/strongswan.conf" "$1"/charon-plugins/*.so
    start_charon "$side"
  done
  await_charon a
  await_charon b
}

servers_up() {
  local node last=10
  for node in gwA gwB; do
    ip -n "$node$suffix" addr flush dev out0
    ip -n "$node$suffix" addr add "192.168.1.$last/24" dev out0
    last=20
  done
}

make_certificates() (
  umask 077
  cd "$work" || exit
  exec 2>>pki.log
  pki --gen --type ecdsa --size 256 --outform pem >ca.key
  pki --self --ca --lifetime 2 --in ca.key --dn 'CN=xesp test authority' --outform pem >ca.pem
  for side in a b; do
    pki --gen --type ecdsa --size 256 --outform pem >"$side/swanctl/private/gw-$side.pem"
    pki --issue --lifetime 1 --cacert ca.pem --cakey ca.key --type priv --in "$side/swanctl/private/gw-$side.pem" \
      --dn "CN=gw-$side.example" --san "gw-$side.example" --outform pem >"$side/swanctl/x509/gw-$side.pem"
    cp ca.pem "$side/swanctl/x509ca/"
  done
  rm ca.key ca.pem
)
