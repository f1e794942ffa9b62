#!/bin/sh
# Installs the Debian packages a task needs and this machine lacks; does nothing where all are there.
# usage: system-packages.sh terminal|test|bench|fresh|packages|image|container …      (see the lists below)
set -eu

# Spoken prompts; drawing without a graphics card, and a virtual screen where there is none.
terminal="espeak-ng xvfb libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1"
# Languages besides these two have letters of their own.
config=${HAILONG_KIOSK:-/etc/hailong/kiosk.toml}
if grep -s '^ *languages *=' "$config" | grep -o '"[^"]*"' | grep -qvx -e '"vi"' -e '"en"'; then
    terminal="$terminal fonts-noto-core"
fi
# Fault tests cut ext4 file systems and trace system calls; printed cards are read by a second decoder;
# the centre's tests run on PostgreSQL too; tables and documents are opened by a real office; Khmer needs its font;
# systemd scores the units; proxies read their files, and Caddy serves a certificate made by OpenSSL;
# voices are recorded from a file and compressed; pages are opened in a browser.
tests="$terminal chromium xauth e2fsprogs systemd strace zbar-tools poppler-utils postgresql libreoffice-calc-nogui libreoffice-writer-nogui fonts-noto-core
 alsa-utils vorbis-tools caddy nginx-light openssl"

# What fetches the libraries of the page that the benchmarks compare with.
bench="$tests"
command -v npm >/dev/null || bench="$bench npm"  # it may come with a Node.js of another origin

# What makes an empty Debian in a folder, and opens the screen of one that runs.
fresh="debootstrap xauth"

# What takes debug information out of libraries, also of another architecture, and what judges a package.
packages="binutils binutils-x86-64-linux-gnu binutils-aarch64-linux-gnu lintian"

# What makes a disk image without mounting it, and the machine that starts it.
image="mmdebstrap squashfs-tools dosfstools mtools fdisk e2fsprogs qemu-system-x86 ovmf swtpm"

# What builds a container's image without a service.
container="buildah"

# The test of three database nodes; it is skipped where the system has no such packages. The tests start
# programs of their own, on ports and in folders of their own: what these packages start is left alone.
nodes="patroni etcd-server"

wanted=""
wished=""
for task in "$@"; do
    case "$task" in
        terminal) wanted="$wanted $terminal" ;;
        test) wanted="$wanted $tests"; wished="$nodes" ;;
        bench) wanted="$wanted $bench" ;;
        fresh) wanted="$wanted $fresh" ;;
        packages) wanted="$wanted $packages" ;;
        image) wanted="$wanted $image" ;;
        container) wanted="$wanted $container" ;;
        *) echo "system-packages: unknown task '$task' (terminal, test, bench, fresh, packages, image, container)" >&2; exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "system-packages: not a Debian system; please see to it that these are installed:$wanted" >&2
    exit 0
fi
# Those of the packages named that are not installed.
lacking() {
    for package in "$@"; do
        status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        case "$status" in *"ok installed"*) ;; *) printf ' %s' "$package" ;; esac
    done
}
# shellcheck disable=SC2086 — lists of words on purpose, here and below
missing=$(lacking $wanted) wishes=$(lacking $wished)
[ -n "$missing$wishes" ] || exit 0

run=""
if [ "$(id -u)" -ne 0 ]; then
    run="sudo"
    if ! command -v sudo >/dev/null; then
        [ -n "$missing" ] || exit 0
        echo "system-packages: please install as root:$missing" >&2
        exit 1
    fi
fi
# Another apt may be at work (unattended upgrades): wait for its lock, up to ten minutes.
wait="-o DPkg::Lock::Timeout=600"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# install NAMES…: succeeds where apt does; what it said is in $log
install() {
    echo "system-packages: installing $*"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $run apt-get $wait install -y -qq --no-install-recommends "$@" >"$log" 2>&1
}
# shellcheck disable=SC2086
$run apt-get $wait update -qq >"$log" 2>&1 || cat "$log" >&2
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    install $missing || { cat "$log" >&2; echo "system-packages: apt could not install:$missing" >&2; exit 1; }
fi
if [ -n "$wishes" ]; then
    # shellcheck disable=SC2086
    install $wishes || echo "system-packages: apt could not install:$wishes (their tests are skipped)" >&2
fi
