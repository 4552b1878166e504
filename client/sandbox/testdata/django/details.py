"""Records the responses of Django to requests about details of Python, one a line:

    python3 details.py > /tmp/details.12
    python3 merge.py 12=/tmp/details.12 13=/tmp/details.13 14=/tmp/details.14 > ../django_details.jsonl

See record.py for the versions, and for what is recorded.
"""

import service
from record import ADA, AGENTS, FORM, LOGS, MULTIPART, ORG, UUID, agent, record

NUMBERS = [
    "1", "01", " 1", "1 ", "+1", "-1", "1_0", "_1", "1_", "1__0", "\u0661", "\u0967", "1\u0661", "\uff11", "\U0001d7cf",
    "\u00b2", "1\u00a0", "\u20031", "++1", "+-1", "+ 1", "-0", "1.0", "1.", "1.00", "1.5", "1e2", "1e0", "0x1", "0b1",
    "0o1", "1\x1c", "\x1f1", "9" * 30, "1\u0966.0", "\u06601", "1.\u0660", "\u2460", "½", "Ⅷ", "一", "1,0", "nan", "inf",
    "Infinity", "-inf", "1_000.0", "  1.0  ", "1\n", "\t1", "1\x00", "1\u200b",
]
TIMES = [
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00+01:00",
    "0001-01-01T00:00:00-01:00", "0001-01-02", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00Z", "2026-1-5T9:0Z", "2026-01-05 09:00", "2026-01-05t09:00:00z",
    "2026-01-05T24:00:00Z", "2026-01-05T09:00:60Z", "2026-01-05T09:00:00.1234567Z", "2026-01-05T09:00:00,5Z",
    "\u0662\u0660\u0662\u0666-01-05T09:00:00Z", "2026-01-05T09:00:00+24:00", "2026-01-05T09:00:00+23:59",
    "2026-01-05T09:00:00-00:00", "2026-01-05T09:00:00+0100", "2026-01-05T09:00:00+01", "2026-01-05T09",
    "2026-W01-1T09:00:00Z", "20260105T090000Z", "2026-01-05T09:00:00 Z", " 2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00Z ", "2026-02-30T09:00:00Z", "", "20260105", "2026W011", "2026-W01", "2026-W53-7T10", "2025-W53-1",
    "2020-W53-5", "2026-W00-1", "2026-W01-8", "2026-W1-1", "2026W01-1", "2026-005", "2026005", "20260105 09:00",
    "2026-0105", "202601-05", "2026-01", "2026-01-05T0900", "2026-01-05T090000.5", "2026-01-05T09:0000",
    "2026-01-05T0900:00", "2026-01-05T09:00:00.", "2026-01-05T09:00:00.1", "2026-01-05T09:00:00.1234567890123",
    "2026-01-05T09:00.5", "2026-01-05T09:00:00+", "2026-01-05T09:00:00+1", "2026-01-05T09:00:00+01:0",
    "2026-01-05T09:00:00+010203", "2026-01-05T09:00:00+01:02:03", "2026-01-05T09:00:00+01:02:03.000001",
    "2026-01-05T09:00:00+01:60", "2026-01-05T09:00:00-23:59:59.999999", "2026-01-05T09:00:00 +01:00",
    "2026-01-05\n09:00", "2026-01-05x09:00", "2026-01-05é09:00", "2026-01-05T", "2026-01-05T9", "2026-01-05T09Z",
    "2026-01-05T09+02", "2026-01-05T24:00", "2026-01-05T24:00:01", "2026-12-31T24:00:00Z", "2026-01-05TZ",
    "2026-01-05T09:00:00Zz", "2026-01-05T09:00:00z", "2026-01-05T09:00:00-", "2026-01-05T-09:00", "-2026-01-05T09:00:00",
    "2026-01-05T09:\uff10\uff10", "2026-01-05T09:00:00\u200b", "2026-01-05T 9:00", "2026-01-05T09:00:+1", "2026-00-05T09:00",
    "2026-01-05T09:00:00.12345", "2026-01-05T09:00:00,123456Z", "2026-01-05T09,5", "2026-1-5", "2026-W01-1",
]
ACCEPT = [
    "application/json", "APPLICATION/JSON", "Application/*", "*/*", "application/json; charset=utf-8",
    "application/json;indent=4", "application/json; indent=4", "text/html", "text/html,application/json;q=0",
    "application/json;q=0", "*/json", "application/", "application", "", ",", ";", "application/json;version=2",
    "application/json; q=x", "text/*, application/json", "application/JSON;Charset=UTF-8", "application/json;indent=",
    "application/json; indent=9", "*", "*;q=0.1", "application/*;indent=2",
]
PORTS = ["", "0", "1", "12", "99999", "123456", "x"]
# What follows "http://".
AUTHORITIES = [
    "münchen.de/", "bücher.example/", "\u4f8b\u3048.\u30c6\u30b9\u30c8/", "xn--mnchen-3ya.de/", "xn--zckzah/",
    "xn--/", "a.xn--", "a.xn--p1ai/", "пример.рф/", "MÜNCHEN.DE/", "ß.de/", "faß.de/", "a.ß", "a.рф", "a.р", "ünï.c",
    "a.bü", "a.b-c", "a.-bc", "a.bc-", "ex..de", ".de", "de", "localhost", "localhost.", "LOCALHOST:80", "a.de.",
    "a.de..", "a_b.de", "-a.de", "a-.de", "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü.de", "a\u3002de",
    "a\uff0ede/", "a\uff61de", "\uff41.de", "a.\uff44\uff45", "a.d\uff11", "١.de", "a.de:\uff18\uff10/",
    "1\uff12.0.0.1", "\U0001f600.de", "a.\U0001f600", "a.\U0001f600\U0001f600", "i\u2764.ws/", "\xa0.de", "\xa1.de",
    "\u2028.de", "a\u200b.de", "a\xad.de", "a\u200d.de", "\ud800.de", "\ufffe.de", "á.de", "́a.de", "a.́a", "ẞ.de",
    "İ.de", "\u212a.de", "ſ.de", "locаlhost/", "localhoſt/", "uä:p@a.de", "a.de/ü?ü#ü", "a.de/\u3000", "a.de/\u200b",
    "[::1]/", "[::1]:80/", "[::ffff:1.2.3.4]/", "[fe80::1%25eth0]/", "[fe80::1%eth0]", "[1]/", "[]/", "[::1", "::1]/",
    "[v1.x]/", "[::\uff11]/", "[ü]/", "1.2.3.4", "1.2.3.4.", "1.2.3", "01.2.3.4", "256.1.1.1", "0.0.0.0/",
    "1.2.3.4.5/", "a.de:0", "a.de:65536", "a.de:99999", "a.de:999999", "a.de:", "a.de:8", "a.de:80a", "a.de?x",
    "a.de#x", "a.de\\x", "a.de ", "a.de/ x", "a.de/\x0a", "a.de/\x09x", "a\x09.de", "a.de\x0a", "a.de/a\x0ab",
    "user@a.de", "user:@a.de", ":p@a.de", "@a.de", "u:p:q@a.de", "u@v@a.de", "u/p@a.de", "a.de/@", "a.de:80@b.de",
    "a.de?u@b.de", "xn--a.xn--b-/", "a.xn--b-/", "a.b", "a.1", "a.1a", "a.a1", "a.ü1", "a.ab1", "xn--ls8h.la",
    "a.\U0001f4a9a", "\U00010400.de", "\U00020000.com", "a.\U00020000\U00020001", "user\U0001f600@a.de",
    "a.de/\U0001f600", "a.xn--fiqs8s/ü", "ü.xn--fiqs8s", "xn--ü.de", "xn--99999999999.de/", "ü.xn--", "ü.a-", "ü.-a",
    "ü.c", "ü.1", "ü..de", "ü.de..", "ü_.de", "ü-.de", "-ü.de", "ü :80", "ü", "ü.de:8", "ü.de:80", "a:b@ü.de",
    "ü.de?ü", "ü.de#", "ü\u3002de", "ü\uff61de:80/", "ü\uff0eрф", "ß\u200d.de", "[ü].de", "ü.de:ü", "ü.ªª",
    "\u2460.de", "\u24d0.de", "a.\u24d0\u24d1", "\u2024.de", "\u2026de.de", "a\u2026de", "a\u2044b.de", "\u2100.de",
    "\u2100a.de", "a.\u2100b", "\uff0f.de", "a\uff1ab.de", "a\uff20b.de", "a.de\uff0f", "\uff3b::1\uff3d/", "é.com",
    "éé.éé/x", "a.éb", "aéb.com", "a.comé", "א.com", "אא.אא/x", "a.אb", "aאb.com", "a.comא", "ा.com", "ाा.ाा/x",
    "a.ाb", "aाb.com", "a.comा", "्.com", "््.््/x", "a.्b", "a्b.com", "a.com्", "\uff21.com",
    "\uff21\uff21.\uff21\uff21/x", "a.\uff21b", "a\uff21b.com", "a.com\uff21", "ᾀ.com", "ᾀᾀ.ᾀᾀ/x", "a.ᾀb", "aᾀb.com",
    "a.comᾀ", "\u3002.com", "\u3002\u3002.\u3002\u3002/x", "a.\u3002b", "a\u3002b.com", "a.com\u3002", "a.xn--b-c1/",
    "a.xn--b1-c/", "a.xn--b-c/", "a.xn--b1/", "xn--b-c1.de", "u@[1]/", "u@[::1]/", "u@[::1::2]/", "[::1::2]/",
    "[1:2:3:4:5:6:7::]", "[::01.2.3.4]", "[::1.2.3.4]:8", "[::1]:8", "[12345::]", "a.de:٨٠", "1.2.3.٤", "2٥0.1.1.1",
    "[::1]x", "x[::1]", "a.de/[", "a.de/]", "a.de/[::1]", "a[b].de", "a.de?[", "a.ßß", "a.ß1", "a.ü-1", "1.ü", "a.ü.",
    "a.\U0001f600.", "\U0001f600", "a\U0001f600b.\U0001f600", "a.\u65e51", "a.\u65e5", "\u65e5.\u65e5",
    "\uff21\uff22.\u65e5", "a.\uff11", "a.\uff42", "a\u3002\uff42\uff43", "a.b\u3002", "ü\u3002", "a..\u65e5",
    ".\u65e5", "\u65e5..", "\u65e5\u3002\u3002",
    "\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5.\u65e5",
    "\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600.de",
    "\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600.de",
    "\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600a.\U0001f600",
    "xn--a\U0001f600.de", "XN--a\U0001f600.de", "a.\U0001f600b", "a.\U0001f600-", "-\U0001f600.de", "a.É", "a.é",
    "a.\u2167", "a.\ufb01", "a.\u338f", "½a.x", "a.א", "א.א", "a.\xad", "a.\xadb", "a.\xadbc", "\u200d.\u65e5",
    "a\u200d.\u65e5", "\ue000.\u65e5", "\ufdd0.\u65e5", "\ufffd.\u65e5", "\u2028.\u65e5", "a.\u65e5:80", "a.\u65e5:8",
    "a.\u65e5:\uff180", "a.\u65e5\uff1a80", "u@a.\u65e5", "ü@a.\u65e5", "u:p@a.\u65e5", "u:ü@a.\u65e5",
    "a.\u65e5/ü?ü#ü", "a.\u65e5?", "a.\u65e5#", "a.\u65e5/?#", "a.\u65e5//x", "a.\u65e5\\", "a.\u65e5 x",
    "a.\u65e5;x", "a.\u65e5,b", "a.\u65e5_", "\u65e5_b.\u65e5", "İ.\u65e5", "ſ.\u65e5", "K.\u65e5", "a.K", "a.İ",
    "localhoſt", "\u65e5.localhost", "\u65e5.1.2.3.4", "\uff11.\uff12.\uff13.\uff14",
    "\uff11\uff12\uff17.0.0.1:8080/x", "[\u65e5]", "a.\u65e5.xn--b1", "a.\u2f00", "a.\uf900", "a.가", "a.\uff71",
    "a.\uff8a\uff9f", "a.İb", "\uff21.\uff44",
    *(".".join([letter * 20] * 8) + ".de" for letter in "a\xfc"),
    *(letter * count + ".de" for letter in "a\xfc\U0001f600" for count in (30, 57, 59, 63, 64)),
    *("a." * count + "de" for count in (90, 96)),
]
SPECIAL = [chr(c) for c in range(1, 0x20)] + list("\x7f\x80\x85\xa0\xa1\u1680\u180e\u2000\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\uffff\U00010000")
CRONTABS = [
    "060", "0", "00", "000", "007", "0099", "1,099", "1-099", "99-1", "*/099", "*/000", "\u0967\u0967\u0967", "\u09677", "1\uff17",
    "9" * 30, "0" * 30 + "99", "~", "1~5", "~5", "5~", "1~5,99", "99,1~5", ",~", "~,", "a~b", "~~", "1~5~7", "1~5/2", "*~", "1-5,2~3",
    "mon~fri", "jan~mar", "~-", "1~2-3", "1 ~", "1//", "~//",
]
SEARCHES = [
    '"Morning digest"', '"digest Morning"', "'Morning digest'", '"Morning', "Morn'ing", 'Mor"ning digest"', '"Morning",digest',
    "Morning,digest", ',"digest",', '""', "''", '"', "Mor\\ning", '"Morning\\" digest"', "Second\x1cx", "a\u3000b", "morning\u00a0DIGEST",
]
UUID_NUMBER = int(UUID.replace("-", ""), 16)
MENTORS = [
    UUID_NUMBER, str(UUID_NUMBER), -1, UUID_NUMBER + 1, 2**128, 1.0, True, False, [], {}, UUID.upper(), "{" + UUID + "}",
    "urn:uuid:" + UUID, UUID.replace("-", ""), "\u0661" * 32, UUID + " ", " " + UUID, UUID[:-1] + "\uff14",
]
CHARSETS = [
    "utf-8", "UTF8", "utf_8", "latin-1", "Latin_1", "l1", "iso-8859-1", "ISO8859-1", "cp1252", "windows-1252", "iso-8859-15",
    "ascii", "us-ascii", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "nonsense", "", "utf 8", '"utf-8"', "'latin1'", "\xe4",
]


def numbers():
    for number in NUMBERS:
        record("PATCH", AGENTS + "1/", {"parent_mentor_id": number})
        record("PATCH", AGENTS + "1/", {"previous_agent": number})
        for parameter in ["parent_mentor_id", "previous_agent", "page", "page_size"]:
            record("GET", AGENTS + "?" + parameter + "=" + number)
        record("GET", LOGS + "?periodic_agent=" + number)
        record("GET", ORG + "?department_id=" + number)
        record("GET", AGENTS + number + "/")


def times():
    for time in TIMES:
        record("PATCH", AGENTS + "1/", {"task": {"start_time": time}})
    record("PATCH", AGENTS + "1/", {"task": {"start_time": None}})


def accept():
    for types in ACCEPT:
        record("GET", AGENTS + "1/", Accept=types)


def ports():
    for port in PORTS:
        for host in ["example.com", "localhost", "127.0.0.1", "[::1]"]:
            record("PATCH", AGENTS + "1/", {"callback_url": "http://" + host + ":" + port + "/"})


def urls():
    for authority in AUTHORITIES:
        record("PATCH", AGENTS + "1/", {"callback_url": "http://" + authority})
    for special in SPECIAL:
        for url in ("http://a.de/x%sy", "http://u%sv@a.de/", "http://a%sb.de/"):
            record("PATCH", AGENTS + "1/", {"callback_url": url % special})


def crontabs():
    for field in ("minute", "hour", "day_of_week", "day_of_month", "month_of_year"):
        for value in CRONTABS:
            record("PATCH", AGENTS + "1/", {"task": {"crontab": {field: value}}})


def searches():
    for search in SEARCHES:
        record("GET", AGENTS + "?search=" + search)


def mentors():
    for mentor in MENTORS:
        record("PATCH", AGENTS + "1/", {"mentor": mentor})


def charsets():
    for charset in CHARSETS:
        for text in ["J\u00e4", "J"]:
            for codec in ["utf-8", "latin-1", "utf-16"]:
                title = text.encode(codec)
                body = ('{"title":"' + text + '"}').encode(codec)
                record("PATCH", AGENTS + "1/", body, Content_Type="application/json; charset=" + charset)
                record("PATCH", AGENTS + "1/", b"title=" + title, Content_Type=FORM + "; charset=" + charset)
                part = b'--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + title + b"\r\n--XX--\r\n"
                record("PATCH", AGENTS + "1/", part, Content_Type=MULTIPART + "; charset=" + charset)
        record("PATCH", AGENTS + "1/", b"title=J%C3%A4+%E4", Content_Type=FORM + ";charset=" + charset)
    for media_type in [
        "APPLICATION/JSON", "*/*", "application/*", "text/plain", "application/json, text/plain", " application/json",
        "application/json;", "application/vnd.api+json", "application/json; Charset=latin-1",
        "application/json; charset=utf-8; charset=latin-1",
    ]:
        record("PATCH", AGENTS + "1/", '{"title":"J\u00e4"}', Content_Type=media_type)


def form(boundary, *parts, end=True, newline=b"\r\n"):
    """Returns a multipart body of parts, which are a header and a text."""
    body = b""
    for header, text in parts:
        body += b"--" + boundary + newline + header.replace(b"\n", newline) + newline + newline + text + newline
    return body + (b"--" + boundary + b"--" + newline if end else b"")


TITLE = b'Content-Disposition: form-data; name="title"'


def parts():
    """Headers of parts, and bodies that are cut off."""
    for header, text in [
        (TITLE, b"plain"),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"SGVsbG8="),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"SGVs bG8="),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"SGVsbG8"),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"SGVsbG8=SGVsbG8="),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"SGVsbG8=="),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"***"),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b"\xff\xfe"),
        (TITLE + b"\nContent-Transfer-Encoding: base64", b""),
        (TITLE + b"\nContent-Transfer-Encoding: quoted-printable", b"a=3Db"),
        (TITLE + b"\nContent-Transfer-Encoding: BASE64", b"SGVsbG8="),
        (b"Content-Disposition: form-data; name=title", b"unquoted"),
        (b'content-disposition: FORM-DATA; NAME="title"', b"case"),
        (b'Content-Disposition: form-data; name=" title "', b"spaced"),
        (b'Content-Disposition: attachment; name="title"', b"attachment"),
        (b"Content-Disposition: form-data; name*=utf-8''title", b"extended"),
        (b'Content-Disposition: form-data; name="t\\"itle"', b"quoted"),
        (b'Content-Disposition: form-data; name=""', b"no name"),
        (b"Content-Disposition: form-data", b"no parameters"),
        (b'Content-Disposition: form-data; name="title"; name="description"', b"two names"),
        (b"X: y", b"no disposition"),
        (TITLE + b'; filename="a.txt"', b"file"),
        (TITLE + b'; filename=""', b"no file"),
        (TITLE + b"; filename*=utf-8''%C3%A4.txt", b"file"),
        (TITLE + b'; filename=".."', b"file"),
        (TITLE + b"\nContent-Type: text/plain; charset=latin-1", b"J\xe4"),
        (TITLE + b"\nContent-Type: text/plain; charset=utf-16", b"J\x00"),
        (TITLE, b"J\xe4"),
        (TITLE, b"two\r\nlines\r\n"),
        (TITLE, b"--XX"),
        (TITLE, b"\r\n"),
    ]:
        record("PATCH", AGENTS + "1/", form(b"XX", (header, text)), Content_Type=MULTIPART)
    for body in [
        form(b"XX", (TITLE, b"lf"), newline=b"\n"),
        form(b"XX", (TITLE, b"noend"), end=False),
        b"preamble\r\n" + form(b"XX", (TITLE, b"preamble")),
        form(b"XX", (TITLE, b"epilogue")) + b"epilogue",
        form(b"XX", (TITLE, b"one"), (TITLE, b"two")),
        form(b"YY", (TITLE, b"x")),
        b"",
        b"\r\n",
    ]:
        record("PATCH", AGENTS + "1/", body, Content_Type=MULTIPART)


def boundaries():
    for boundary in [
        '"XX"', "X X", '"X X"', "x" * 200, "x" * 201, "x" * 70, "x" * 71, "X@Y", "X'()+_,-./:=?Y", '"X;Y"', '"X\\"Y"', "'XX'",
        "XX;", "XX ", '"XX "', "\u00e4", "",
    ]:
        plain = boundary.strip('"').encode("latin-1")
        record("PATCH", AGENTS + "1/", form(plain, (TITLE, b"x")), Content_Type="multipart/form-data; boundary=" + boundary)
    for media_type in [
        "MULTIPART/FORM-DATA; BOUNDARY=XX", "multipart/form-data", "multipart/form-data; charset=latin-1; boundary=XX",
        "multipart/form-data ; boundary=XX", "multipart/form-data; boundary=XX; boundary=YY", "Multipart/form-data; boundary=XX",
    ]:
        record("PATCH", AGENTS + "1/", form(b"XX", (TITLE, b"y")), Content_Type=media_type)


def invalid_bytes():
    """Bytes that are not ASCII in headers, escapes that are not UTF-8, and escapes of JSON at the end."""
    for media_type in ["\xb5", "application/\xe4", "\xc3\xa9", "application/json\x88; charset=utf-8"]:
        record("PATCH", AGENTS + "1/", {"title": "x"}, Content_Type=media_type)
    for header in [
        b'Content-Disposition: f\xdfrm-data; name="title"', b'Content-Disposition: form-data\xc3\xa9; name="title"', b'Content-Disposition: form-data; name="title"; n\xc3\xa9=1',
        b'Content-Disposition: form-data; name="title"; x="\xc3\xa9"', b'Content-Disposition: form-data; name="title"; x="\xe9"',
        b'Content-Disposition : form-data; name="title"', b' Content-Disposition: form-data; name="title"', b'Content-Disposition; name="title"',
        b'Content-Disposition; a: form-data; name="title"', b'Content-Disposition:; name="title"', b'CONTENT-DISPOSITION: x; NAME="title"',
        b'Content-Disposition: form-data; name="title"\r\nContent-Transfer-Encoding : base64', b'Content-Disposition: form-data; name="title"\r\nContent-Transfer-Encoding: BASE64 ; x=1',
    ]:
        record("PATCH", AGENTS + "1/", {"title": "before"})
        record("PATCH", AGENTS + "1/", form(b"XX", (header, b"eA==")), Content_Type=MULTIPART)
    for escapes in ["%C1%A9", "%E4%B8", "%E4%B8x", "%F0%9F%98", "%F0%9F%98%80", "%ED%A0%80", "%FF%FE", "%80", "%F4%90%80%80", "%C3%28", "%E2%28%A1"]:
        record("PATCH", AGENTS + "1/", "title=a" + escapes, Content_Type=FORM)
        record("GET", AGENTS + "?title=a" + escapes)
    for body in ['"\\u', '"\\u0', '"\\u0041', '"\\u0041"', '"\\ud83d\\ude00', '"\\ud83d\\ude00"', '"\\ud83d', '"\\ud83d"', '"\\', '"a', '"\\x']:
        record("PATCH", AGENTS + "1/", body)


def two_headers():
    """A server joins headers of the same name."""
    for value in ["Api-Token " + ADA + ",Api-Token " + ADA, "Api-Token " + ADA + ", Api-Token " + ADA, "Api-Token " + ADA + ",x"]:
        record("GET", AGENTS, Authorization=value)


def main():
    service.prepare([("ada", ADA, True)], UUID)
    record("POST", AGENTS, agent())
    record("POST", AGENTS, agent(title="Second"))
    for group in (numbers, times, accept, searches, ports, urls, crontabs, mentors, charsets, parts, boundaries, invalid_bytes, two_headers):
        group()


if __name__ == "__main__":
    main()
