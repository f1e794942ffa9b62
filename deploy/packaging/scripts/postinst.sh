#!/bin/sh
# Puts the release of this package next to the one that runs, then changes the link `current` by one rename.
# Killed at any moment, the machine runs the old release or the new one; `dpkg --configure -a` goes on here.
set -e
case "$1" in configure | abort-upgrade | abort-remove | abort-deconfigure) ;; *) exit 0 ;; esac

part=@part@ version=@version@
home=$DPKG_ROOT/opt/hailong/$part
if [ -z "$DPKG_ROOT" ] && [ "$part" = kiosk ]; then # an update by itself works in the same folders
    install -d -m 755 /var/lib/hailong/update
    exec 9>/var/lib/hailong/update/lock
    flock 9
fi
before=$(readlink "$home/current" || true)

install -d -m 755 "$home/releases"
rm -rf "$home/releases"/.new-*
new=$(mktemp -d "$home/releases/.new-XXXXXX")
chmod 755 "$new"
tar -xJf "$DPKG_ROOT/usr/lib/hailong/$part.tar.xz" -C "$new" --no-same-owner
# A service may not write here, so bytecode is made now; without it a program only starts slower.
python3 -I -m compileall -q --invalidation-mode unchecked-hash \
    -s "$new" -p "/opt/hailong/$part/releases/$version" "$new/lib" || true
sync -f "$new"
if [ -d "$home/releases/$version" ]; then # the same version again: the two change places at once (renameat2)
    python3 -I -c "import ctypes, os, sys
one, other = map(os.fsencode, sys.argv[1:])
sys.exit(ctypes.CDLL(None).renameat2(-100, one, -100, other, 2) != 0)" "$new" "$home/releases/$version"
    rm -rf "$new"
else
    mv "$new" "$home/releases/$version"
fi
ln -sfn "releases/$version" "$home/.current"
mv -T "$home/.current" "$home/current"
sync -f "$home"
if [ "$before" != "releases/$version" ]; then # the one before stays: there is a way back to it
    # The version that an update by itself would go back to stays, too.
    back=$(sed -n 's/.*"before": "\([^"]*\)".*/releases\/\1/p' /var/lib/hailong/update/state.json 2>/dev/null || true)
    for release in "$home"/releases/*; do
        case "releases/${release##*/}" in "releases/$version" | "$before" | "$back") ;; *) rm -rf "$release" ;; esac
    done
fi

[ -z "$DPKG_ROOT" ] || exit 0 # a folder: its users and services are another machine's

systemd-sysusers "hailong-$part.conf"
systemd-tmpfiles --create "hailong-$part.conf" || true # it complains where a folder is on a read-only disk
for setting in @settings@; do
    file=/etc/hailong/${setting%:*}
    [ ! -f "$file" ] || { chgrp "${setting#*:}" "$file" && chmod 640 "$file"; }
done

if [ "$part" = kiosk ] && command -v update-grub >/dev/null; then # a quiet start without a menu
    update-grub >/dev/null 2>&1 || true
fi

for unit in @enabled@; do
    deb-systemd-helper unmask "$unit" >/dev/null || true
    # Who has disabled a unit finds it disabled after an upgrade, too.
    if deb-systemd-helper --quiet was-enabled "$unit"; then
        deb-systemd-helper enable "$unit" >/dev/null || true
    else
        deb-systemd-helper update-state "$unit" >/dev/null || true
    fi
done
if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    if [ -z "$2" ]; then
        deb-systemd-invoke start @enabled@ >/dev/null || true
    else
        # The display server is the same: restarting it would end the terminal, too. The terminal ends by itself
        # once nobody is at the glass, and is started from the new release (kiosk/replaced.py).
        for unit in @enabled@; do
            case "$unit" in
                hailong-display.service | hailong-kiosk.service) deb-systemd-invoke start "$unit" >/dev/null || true ;;
                *) deb-systemd-invoke restart "$unit" >/dev/null || true ;;
            esac
        done
    fi
fi
