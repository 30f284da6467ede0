"""The assembled site: configuration, Django settings, addresses, middleware, base pages, the supervisor."""
