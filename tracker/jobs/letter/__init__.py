"""What a letter says, part by part (`outlines`), in which words (`sentences`), and its two forms (`plain`, `html`)."""
