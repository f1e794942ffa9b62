"""The terminal as one disk image: written to an SSD, a card or a stick, it starts into the first screen.

    EFI      systemd-boot without a menu, the kernel, its first file system
    root     Debian and the package `hailong-kiosk`, compressed, read only; memory above it
    (rest)   what lasts, made at the first start; encrypted where a TPM 2 is

layout.py    where each partition is, pure
system.py    the root, of Debian's packages and ours
disk.py      the file, of the root and what starts it
root/        files of the image alone, each at its path

What lasts is in /data, and three of its folders are mounted where the programs look for them:
/var/lib/hailong, /opt/hailong/kiosk and /etc/hailong. Everything else, logs too, is in memory.

An update of the product works as on an installed machine (`sync/updates`): its releases lie on the data
partition. The release that the image brought is a link there to a folder of the root, so it takes no room,
can be gone back to, and is used again if the one in use is damaged. Debian itself changes with the image.
"""
