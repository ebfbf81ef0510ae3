"""Registers at Trackway what an account at 17TRACK follows: each number with its carriers and its tag, 40 at a time.

Usage: python move.py FROM_URL FROM_KEY TO_URL TO_KEY

Both addresses end in /track/v1. It may be run again: what is there already stays as it is.
"""

import json
import sys
import time
import urllib.error
import urllib.request

ALREADY_REGISTERED = -18019901
FIRST_COURIER = 100_000  # only a post can have a final carrier


def call(url: str, key: str, endpoint: str, body: object) -> dict:
    """The answer of one call; one that came too fast is made again when its answer says."""
    request = urllib.request.Request(f"{url}/{endpoint}", json.dumps(body).encode(), {"17token": key})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # both are the caller's own
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code != 429:
            raise SystemExit(f"{endpoint}: HTTP {error.code} {error.read().decode()}") from None
        time.sleep(float(error.headers.get("Retry-After", 1)))
        return call(url, key, endpoint, body)
    if "errors" in told["data"]:
        raise SystemExit(f"{endpoint}: {told['data']['errors']}")
    return told


def registration(item: dict) -> dict:
    """What `register` wants of a listed number."""
    final = item["w2"] if item["w1"] < FIRST_COURIER else 0
    return {"number": item["number"], "carrier": item["w1"], "final_carrier": final, "tag": item["tag"]}


def main(from_url: str, from_key: str, to_url: str, to_key: str) -> None:
    """Page after page, until one is empty."""
    moved = known = page = 0
    while True:
        page += 1
        listed = call(from_url, from_key, "gettracklist", {"tracking_state": 1, "page_no": page})["data"]["accepted"]
        if not listed:
            break
        data = call(to_url, to_key, "register", [registration(item) for item in listed])["data"]
        moved += len(data["accepted"])
        for refused in data["rejected"]:
            if refused["error"]["code"] == ALREADY_REGISTERED:
                known += 1
            else:
                print(refused["number"], refused["error"]["code"], refused["error"]["message"])
    print(f"{moved} registered, {known} there already")


main(*sys.argv[1:])
