"""What is told of results: tables for people, JSON lines for programs, progress while it lasts."""
