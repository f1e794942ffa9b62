"""`relay.py PORT`: what comes on the standard input goes to a port of the loopback, and back."""

import os
import socket
import sys
import threading


def main(port: int) -> None:
    """Until either side ends."""
    with socket.create_connection(("127.0.0.1", port)) as there:
        threading.Thread(target=_back, args=(there,), daemon=True).start()
        while piece := os.read(0, 65_536):
            there.sendall(piece)


def _back(there: socket.socket) -> None:
    while piece := there.recv(65_536):
        os.write(1, piece)
    os._exit(0)  # the other side has said everything; this one may wait for more


if __name__ == "__main__":
    main(int(sys.argv[1]))
