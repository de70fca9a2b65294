"""How the product meets the network: whose word is taken, who works at once, and which process takes a connection."""
