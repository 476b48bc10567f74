"""Exports of shop platforms as data: how they are headed, and what that means."""
