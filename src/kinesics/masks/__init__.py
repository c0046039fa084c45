"""Outlines of people."""
