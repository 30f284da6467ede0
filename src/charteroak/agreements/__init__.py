"""Legal instruments, terms, signatures and destruction due dates."""
