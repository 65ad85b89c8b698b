"""Parcelbridge (包裹桥): the core of the bot, without any platform's protocol."""
