"""Charter Oak: data sharing between agencies and a secure data enclave, ruled by the signed agreement."""
