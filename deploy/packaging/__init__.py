"""`make packages`: what a machine is given, made of this repository and the locked wheels alone.

Promises, each with a test in tests/unit/test_packaging.py or tests/support/packages.py:

- Every library comes as a wheel whose SHA-256 is in `requirements/*.lock`; nothing is compiled anywhere.
- Two builds of one commit are equal byte by byte: order, times (the commit's) and owners are fixed.
- A machine never runs half a release. The package carries the release as one archive; its script unpacks it
  next to the one that runs, and then changes one link. dpkg killed at any moment leaves the old one running.
- Removing a package keeps what was answered, and so does purging it.

A release is a folder `releases/<version>/`: `lib/` (packages), `bin/` (commands), `share/` (units, guides).
`tree.py` makes it of wheels and sources, `archive.py` packs it, `debian.py` wraps it up for dpkg.
"""
