"""The shared behaviour of adapters, one kind of promise a file; `bot.testing.conformance` puts them together."""
