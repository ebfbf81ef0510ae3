"""The Hongkong Post Mail Tracking API v1.0 as it is written, and what an operator writes beside it."""
