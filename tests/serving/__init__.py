"""Tests of how the product is served: real processes, real sockets."""
