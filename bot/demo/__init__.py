"""The demo: a believable world, the real service on it, and a page to talk to it from both sides."""
