"""The process next to the kiosk that sends responses to the centre.

    settings.py   agent.toml, every key documented
    identity.py   this device's identity, and the keys it trusts
    enrolling.py  how it gets that identity: a code from the kiosk or from the command line
    network.py    what there is of a network before that
    centre_clock.py    the centre's time, for a machine whose clock is wrong
    setting_clock.py   sets that clock, as root
    certificates.py    by which clock the dates of the centre's certificate are looked at
    sending.py    one request and its answer over httpx; every answer is verified before use
    retry.py      pure: what an answer means, and how long to wait
    pushing.py    outbox -> batch -> receipts, one step at a time
    caring.py     heartbeat, and the configuration of configuration.py
    overdue.py    what should have arrived from the centre by now
    trusting.py   which keys are the centre's, according to its root
    code_signing.py   signs the codes for citizens' phones that the kiosk shows
    usb.py        the same over a USB stick, where there is no network
    tombstones.py tombstones: what the kiosk has to erase
    loop.py       steps and waits until it is stopped
    status.py     the queue, problems and remedies, for people and for the staff screen
    __main__.py   the command line

It reads the outbox and never writes it. It writes its own folder (receipts, identity, bundles) and the link
to the bundle in use; it can be killed at any instant.
"""
