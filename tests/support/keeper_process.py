"""The kiosk's housekeeping as a process: `python -m tests.support.keeper_process DATA DEVICE`.

It runs the kiosk's own OutboxKeeper on the data folder of a terminal, without a screen.
"""

import sys
import time
from pathlib import Path

from kiosk.keeper import OutboxKeeper
from kiosk.settings import Office, Settings


def main(data: Path, device: str) -> None:
    """Do the housekeeping until the process is killed."""
    office = Office(name={"vi": "Phường Một"})
    keeper = OutboxKeeper(Settings(data=data, office=office), device)
    if (found := keeper.open()) is not None:
        raise SystemExit(found.number)
    while True:
        keeper.maintain()
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
