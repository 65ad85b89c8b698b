"""Understanding: text in, language, numbers, intent and slots out. Pure, no I/O."""
