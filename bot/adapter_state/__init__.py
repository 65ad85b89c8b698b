"""What adapters keep over restarts: small texts and counters by key, for each instance on its own."""

from bot.adapter_state.service import StoredState, forget_expired

__all__ = ["StoredState", "forget_expired"]
