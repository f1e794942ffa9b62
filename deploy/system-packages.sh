#!/bin/sh
# Installs the Debian packages a task needs and this machine lacks; does nothing where all are there.
# usage: system-packages.sh terminal|test …      (see the lists below)
set -eu

# Spoken prompts; drawing without a graphics card, and a virtual screen where there is none.
terminal="espeak-ng xvfb libgl1 libgl1-mesa-dri libegl1 libgles2 libmtdev1"
# Fault tests cut ext4 file systems and trace system calls; printed cards are read by a second decoder;
# the centre's tests run on PostgreSQL too; tables are opened by a real spreadsheet.
tests="$terminal e2fsprogs strace zbar-tools poppler-utils postgresql libreoffice-calc-nogui"

wanted=""
for task in "$@"; do
    case "$task" in
        terminal) wanted="$wanted $terminal" ;;
        test) wanted="$wanted $tests" ;;
        *) echo "system-packages: unknown task '$task' (terminal, test)" >&2; exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "system-packages: not a Debian system; please see to it that these are installed:$wanted" >&2
    exit 0
fi
missing=""
for package in $wanted; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    case "$status" in *"ok installed"*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

run=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "system-packages: please install as root:$missing" >&2; exit 1; }
    run="sudo"
fi
echo "system-packages: installing$missing"
log=$(mktemp)
$run apt-get update -qq >"$log" 2>&1 || cat "$log" >&2
# shellcheck disable=SC2086 — a list of words on purpose
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1 ||
    { cat "$log" >&2; echo "system-packages: apt could not install:$missing" >&2; exit 1; }
rm -f "$log"
