"""Updates of a terminal's software that can't break a counter.

    centre ──offer──► agent ──file──► hailong-update (root) ──► releases/<version>/, next to the others
    USB stick ────────► │                                        │ closed, nobody at the glass
                                                                 ▼
                                                    current ──► releases/<version>      one rename

release.py     the release file: a manifest signed by who publishes it, and the packed tree
making.py      a tree as a release file, the same bytes each time; publisher.py: the key that signs
unpacking.py   a release file as a tree next to the others, whole or not there
deciding.py    what is done next, pure: take up, switch, go back, delete
watch.py       judges a new version and takes it back; alone, with the standard library, so that a release
               that doesn't start can't break it
applying.py    the helper `hailong-update`: what is decided, carried out
standing.py    what the agent reads of this, and what it hands over

The key: `/etc/hailong/release-keys` of root's, from the package or a person. The centre has no such key, nor
has the agent: who takes over the centre, or a tablet's agent, can offer a release and withdraw one, and can't
make one. A withdrawn version leads back to the version before it on the disk and nowhere else.

Promises:
- at every moment `current` leads to a whole version, the old one or the new one, also after a kill or a cut
  of power at any instruction;
- only a release is taken whose manifest is signed with a known key, that is made for this part, machine and
  Python, newer than the one in use, and each of whose files has its digest; else nothing changes;
- a switch happens only while the terminal is closed and nobody is at the glass (`kiosk/resting.py`);
- a version that crashes, isn't steady for five minutes within ten, is switched off and on three times before
  that, or whose agent gets no answer from the centre in a week of running although the one before it did, is
  taken back by itself and not tried again; a newer one is; no clock decides that;
- the version before the one in use stays on the disk.

    wrong signature, unknown key                        HL4243, nothing changes
    for another part, machine or Python                 HL4244
    damaged, cut off, a path outside, too large         HL4245
    not newer                                           HL4246
    taken back                                          HL4247, reported to the centre
    no room, a disk that can't be written               HL2001, HL2002; tried again
"""
