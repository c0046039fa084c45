"""Scenes of one stream to events."""
