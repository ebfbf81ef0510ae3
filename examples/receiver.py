"""A webhook receiver: checks the signature from the raw body, and prints what came.

Usage: python receiver.py PORT [KEY]
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = int(sys.argv[1])
KEY = "".join(sys.argv[2:3])


def is_signed(body: bytes, key: str) -> bool:
    """Whether `sign` is the SHA-256 of event/data/key, `data` exactly as it was sent."""
    push = json.loads(body)
    data = body[body.index(b'"data":') + len(b'"data":') : body.rindex(b"}")]
    return hashlib.sha256(b"/".join((push["event"].encode(), data, key.encode()))).hexdigest() == push["sign"]


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 only for what is signed, so that nothing else counts as delivered."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        right = not KEY or is_signed(body, KEY)
        self.send_response(200 if right else 401)
        self.end_headers()
        push = json.loads(body)
        track = push["data"].get("track", {})
        newest = track.get("z0", {})
        words = [push["event"], push["data"]["number"], f"e={track['e']}" if track else ""]
        words += [newest.get("a", ""), newest.get("c", ""), newest.get("z", ""), "" if right else "SIGNATURE WRONG"]
        print(*filter(None, words), flush=True)

    def log_message(self, *_: object) -> None:
        """Print nothing but the news."""


HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
