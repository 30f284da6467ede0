"""Record linkage: who is the same person across files. Pure."""
