"""Charter Oak: inter-agency data sharing and a secure data enclave, where the signed agreement is what the system enforces."""
