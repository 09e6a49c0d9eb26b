"""The version of Kalette."""

__version__ = "0.1.0"
