"""Latency and throughput, with where they were measured: what `kinesics bench` calls, one module a measurement."""
