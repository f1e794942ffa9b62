#!/bin/sh
# Stops what runs before its program goes. An upgrade stops nothing: the old release runs until the new one is there.
set -e
case "$1" in
    remove | deconfigure)
        if [ -d /run/systemd/system ]; then
            deb-systemd-invoke stop @units@ >/dev/null || true
        fi
        ;;
esac
