"""What a browser calls itself, as a person recognises it."""

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """`Firefox on Windows`, from the User-Agent header."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((f" on {name}" for mark, name in SYSTEMS if mark in agent), "")
    return browser + system
