"""Real small files, made without a library: what is measured must be what people send."""

PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def pdf(text: str = "Statement of work", *, length: int = 0) -> bytes:
    """Return a PDF of one page with a line of ASCII text, of *length* bytes at least by blanks in its contents."""
    least = len(_pdf(text, blanks=0))
    return _pdf(text, blanks=max(0, length - least))


def _pdf(text: str, *, blanks: int) -> bytes:
    contents = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode("ascii") + b" " * blanks
    objects = (*PAGE, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(contents), contents))
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, content in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % start for start in starts)
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(data)


SMALL_PDF = pdf()
