"""Files people send: numbers read out of tables and of pictures of labels, in a process of their own."""
