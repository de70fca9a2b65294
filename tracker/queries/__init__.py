"""Questions: all reading. The first parameter is who asks."""
