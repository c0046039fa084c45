"""Parts of `benchmarks/service.py`: a real service, real sources, real clients, all on this machine's loopback."""
