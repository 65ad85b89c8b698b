"""Skills: one for each thing a person can ask, and the conversation around them."""
