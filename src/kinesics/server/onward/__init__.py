"""Stored events on their way out: to sockets, webhooks, a broker."""
