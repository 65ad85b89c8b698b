"""Tracking: parcels, what carries them, what was reported of them, and where they are because of it."""
