"""The process beside the kiosk that brings responses to the centre.

    settings.py   agent.toml, every key documented
    identity.py   who this device is, and whom it believes
    sending.py    one request and its answer over httpx; believes nothing it has not checked
    retry.py      pure: what an answer means, and how long to wait
    pushing.py    outbox -> batch -> receipts, one step at a time
    caring.py     heartbeat, and the configuration of configuration.py
    overdue.py    what should have come from the centre by now
    trusting.py   which keys are the centre's, as its root says
    forgetting.py tombstones: what the kiosk is to erase
    loop.py       steps and waits until it is told to stop
    status.py     what waits, what went wrong, what to do: for people and for the staff screen
    __main__.py   the command line

It reads the outbox and never writes it. It writes its own folder (receipts, identity, bundles) and the link
to the bundle in use; it can be killed at any instant.
"""
