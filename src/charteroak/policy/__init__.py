"""Every rule, once: lifecycles, separation of roles, the clauses that allow a use. Pure."""
