"""The files that people of the demo attach: small, real, and about the case."""

from dataclasses import dataclass

from tracker.demo.cases import Case


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A file before it is stored."""

    title: str
    file_name: str
    media_type: str
    content: bytes


def occupant_statement(case: Case) -> Paper:
    """The statement that a new occupant signs, as a one-page PDF."""
    lines = (
        "New occupant statement",
        f"ESI ID: {case.site.esi_id}",
        f"Address: {case.site.street}, {case.site.city}, TX {case.site.zip_code}",
        f"I moved in on {case.day:%B %d, %Y} and have no connection with the former occupant.",
        "Signed: the customer of " + case.filer.name,
    )
    return Paper("New occupant statement", "new-occupant-statement.pdf", "application/pdf", _pdf(lines))


def interval_list(case: Case) -> Paper:
    """Readings of one day as a table."""
    rows = "".join(f"{case.day:%Y-%m-%d} {hour:02d}:00,{(hour * 37 + 11) % 29 / 10:.1f}\n" for hour in range(24))
    return Paper("Hourly readings", "readings.csv", "text/csv", f"hour,kWh\n{rows}".encode())


def call_note(case: Case) -> Paper:
    """What was said on the telephone, as plain text."""
    text = (
        f"Call with the customer at {case.site.street}, {case.site.city}, {case.day:%Y-%m-%d}\n\n"
        f"ESI ID {case.site.esi_id}, order {case.order.tran_id}.\n"
        "The customer confirms the move and asks for a final bill to the new address.\n"
    )
    return Paper("Note of the call", "call-note.txt", "text/plain", text.encode())


def _pdf(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with these lines; written by hand, for it needs no more than four objects."""
    shown = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 72 720 Td 20 TL {shown} ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    )
    body, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 5\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
