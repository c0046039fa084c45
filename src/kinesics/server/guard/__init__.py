"""What stands between the network and the routes: who may ask, how much, how slowly, and what is never said."""
