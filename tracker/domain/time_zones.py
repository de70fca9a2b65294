"""Where people may sit: the time zones that somebody can choose, by their names in the IANA database."""

ZONES: dict[str, str] = {
    "America/Chicago": "US Central, the market's",
    "America/New_York": "US Eastern",
    "America/Denver": "US Mountain",
    "America/Phoenix": "US Arizona",
    "America/Los_Angeles": "US Pacific",
    "America/Anchorage": "US Alaska",
    "Pacific/Honolulu": "US Hawaii",
    "America/Mexico_City": "Mexico City",
    "America/Costa_Rica": "Costa Rica",
    "America/Bogota": "Bogotá",
    "America/Sao_Paulo": "São Paulo",
    "Europe/London": "London",
    "Europe/Berlin": "Berlin",
    "Asia/Kolkata": "India",
    "Asia/Manila": "Manila",
    "UTC": "UTC",
}
