#!/bin/sh
# Removing takes the program away and keeps all data. Purging takes the settings, too, and still no response:
# what was answered here may be nowhere else.
set -e
part=@part@

case "$1" in
    remove | purge | abort-install | disappear)
        rm -rf "/opt/hailong/$part"
        rmdir --ignore-fail-on-non-empty /opt/hailong 2>/dev/null || true
        if [ -d /run/systemd/system ]; then
            systemctl --system daemon-reload >/dev/null || true
        fi
        ;;
esac

# The folders of this part that hold something; what nobody has written to is deleted.
kept() {
    case "$part" in
        kiosk) set -- /var/lib/hailong/outbox /var/lib/hailong/agent ;;
        central)
            set -- /var/lib/hailong/central /var/lib/hailong/central-bundle /var/backups/hailong /etc/hailong/tls
            ;;
    esac
    for folder in "$@"; do
        [ -d "$folder" ] || continue
        rmdir --ignore-fail-on-non-empty "$folder"
        [ ! -d "$folder" ] || printf ' %s' "$folder"
    done
}

if [ "$1" = purge ]; then
    if [ "$part" = kiosk ]; then # made again from the configuration, or worth nothing without it
        rm -rf /var/lib/hailong/kivy /var/lib/hailong/voices /var/lib/hailong/prompts
        rm -f /var/lib/hailong/rated.json
        rm -rf /var/lib/hailong/update
        if command -v update-grub >/dev/null; then
            update-grub >/dev/null 2>&1 || true
        fi
    else
        rm -f /etc/hailong/central.env /etc/caddy/hailong.caddy
        [ ! -f /etc/caddy/Caddyfile ] || sed -i '/^import hailong\.caddy$/d' /etc/caddy/Caddyfile
    fi
    for unit in @enabled@; do
        deb-systemd-helper purge "$unit" >/dev/null || true
        deb-systemd-helper unmask "$unit" >/dev/null || true
    done
    folders=$(kept)
    if [ -n "$folders" ]; then
        echo "Đã xóa chương trình và thiết lập của hailong-$part. Dữ liệu được GIỮ LẠI, có thể còn phiếu chưa gửi:"
        # shellcheck disable=SC2086
        du -sh $folders || true
        echo "Khi đã chắc không cần nữa thì xóa bằng lệnh:  rm -rf$folders"
    else
        echo "Đã xóa chương trình và thiết lập của hailong-$part; không có dữ liệu nào để giữ lại."
        rmdir --ignore-fail-on-non-empty /var/lib/hailong 2>/dev/null || true
    fi
fi
