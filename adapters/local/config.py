"""Keys of one local instance in `[[adapters]]`: the common ones, and nothing else."""

from bot.contracts import AdapterConfig


class LocalConfig(AdapterConfig):
    """`name`, `type = "local"` and, where the chat belongs to a partner's people, `partner`."""
