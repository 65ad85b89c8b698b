"""The open door: outside language models and translation services, off unless configured, asked where our own
understanding has too little evidence. What they say is a proposal; nothing is changed on their word."""
