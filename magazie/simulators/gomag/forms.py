from email import message_from_bytes
from urllib.parse import parse_qsl


def form_fields(content_type: str, body: bytes) -> dict[str, str]:
    """Read the text fields of a form body.

    Gomag API note: writes are forms, ``multipart/form-data`` in the vendor's collection and
    ``application/x-www-form-urlencoded`` in working clients. Any other type yields no field, and
    neither does a file part.

    Args:
        content_type: the Content-Type header as sent, parameters included.
        body: the raw body.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace"))
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    return {}


def _multipart(content_type: str, body: bytes) -> dict[str, str]:
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, str] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and part.get_filename() is None:
            fields[name] = content.decode("utf-8", "replace")
    return fields
