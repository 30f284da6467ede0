"""Request 042 acted out by its people, signed in, over HTTP: a client of the running site."""
