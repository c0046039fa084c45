"""The resident service: nets kept warm, several streams, metadata out, and the page.

One process answers the network and holds no net; each stream is looked at by a worker process of its own, so that one which
dies takes nobody with it. What they say to each other stands in `messages`, what a stream is in `settings`.
"""
