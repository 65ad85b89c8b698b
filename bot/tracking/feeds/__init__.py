"""Feeds: one file for each format they come in."""

from bot.tracking.feeds.csv import CsvSource, read_csv
from bot.tracking.feeds.files import FORMATS, FileFeed, load_file
from bot.tracking.feeds.jsonl import read_jsonl

__all__ = ["FORMATS", "CsvSource", "FileFeed", "load_file", "read_csv", "read_jsonl"]
