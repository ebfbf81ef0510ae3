"""The 17TRACK Track API v1.0 as it is written, by us as its server and as its client."""
