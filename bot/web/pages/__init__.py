"""The pages people talk on: the web chat of a local adapter, and the demo's two sides, from the same parts."""

from bot.web.pages.page import PaneSpec, add_static, chat_page
from bot.web.pages.single import add_chat_page

__all__ = ["PaneSpec", "add_chat_page", "add_static", "chat_page"]
