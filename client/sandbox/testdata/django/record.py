"""Records the responses of Django to the requests below, one a line:

    python3 record.py > /tmp/record.12
    python3 merge.py 12=/tmp/record.12 13=/tmp/record.13 14=/tmp/record.14 > ../django.jsonl

The first line is for Debian 12, whose packages are Django 3.2.25, Django REST
Framework 3.14, django-filter 23.1, django-celery-beat 2.4 and Python 3.11. The
second records have been made with the packages of Debian 13 (4.2.28, 3.16, 25.1,
2.7) and Python 3.13, the third with those that are to become Debian 14 (5.2.18,
3.18.3, 25.1, 2.9) and Python 3.13. The packages are python3-djangorestframework,
python3-django-filters and python3-django-celery-beat with what they depend on.
Elsewhere, unpack them with "dpkg-deb -x", and name their dist-packages in
PYTHONPATH.

Requests are sent with ada's key and, if they have a body, as JSON; where a line
names a header, that one is sent in its place, and null means none. Of a long
response, only a part is kept, and of a validation error no headers. Values that
differ between runs are left out. A response with status 500 is not recorded.
"""

import io
import json
import logging
import string
import urllib.parse

import service
from django.core.handlers.wsgi import WSGIHandler

ADA, BOB = "a" * 40, "b" * 40
ORG = "/api/ai-mentor/orgs/acme/users/ada/"
AGENTS = ORG + "periodic-agents/"
LOGS = ORG + "periodic-agent-logs/"
PINS = ORG + "pin-message/"
UUID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
MENTOR = 1 if service.IS_OLD else UUID  # as an agent's mentor is written
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XX"
KEEP = ("Content-Type", "Allow", "WWW-Authenticate", "Location", "Vary")

logging.disable()
application = WSGIHandler()


def record(method, target, body=None, **special):
    """Sends a request and prints it with the response."""
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    special = {name.replace("_", "-"): value for name, value in special.items()}
    usual = {"Authorization": "Api-Token " + ADA, "Content-Type": None if body is None else "application/json"}
    headers = {name: value for name, value in {**usual, **special}.items() if value is not None}
    target = urllib.parse.quote(target, safe=string.punctuation)
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": urllib.parse.unquote(path, encoding="latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "sandbox",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body or b"")),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": io.StringIO(),
    }
    for name, value in headers.items():
        if name != "Content-Type":
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    started = []
    answer = b"".join(application(environ, lambda *args: started.extend(args)))
    if method == "HEAD":
        answer = b""  # servers leave it out
    status, answered = int(started[0][:3]), dict(started[1])
    line = {"method": method, "path": target}
    if special:
        line["header"] = special
    if body is not None:
        try:
            line["body"] = body.decode()
        except UnicodeDecodeError:
            line["bodyBytes"] = list(body)
    line["status"] = status
    if status != 400:
        line["answerHeader"] = {name: answered[name] for name in KEEP if name in answered}
    if status == 500:
        line["answer"] = None
    elif "json" in answered.get("Content-Type", "") and answer:
        line["answer"] = shorten(method, body, json.loads(answer))
    else:
        line["answer"] = answer.decode()
    print(json.dumps(line, ensure_ascii=True, separators=(",", ":")))


def shorten(method, body, answer):
    """Keeps of a page's agents the title, of an updated agent the fields that were sent,
    and of others the fields that are the same in each run."""
    if isinstance(answer, dict) and "results" in answer:
        answer["results"] = [{"title": row["title"]} if "title" in row else row for row in answer["results"]]
    if not isinstance(answer, dict) or "modified_at" not in answer:
        return answer
    del answer["created_at"], answer["modified_at"], answer["task"]["name"]
    if method == "PATCH":
        try:
            sent = json.loads(body)
        except ValueError:
            sent = [name for name in answer if name.encode() in body]
        answer = {name: value for name, value in answer.items() if name in sent}
    return answer


def agent(**fields):
    return {"mentor": MENTOR, "title": "Morning digest", "task": {"crontab": {"minute": "0", "hour": "8"}}, **fields}


def authentication():
    for header in [
        None, "", "Api-Token", "api-token " + ADA, "API-TOKEN   " + ADA + "  ", "Api-Token x", "Api-Token a b",
        "Api-Token a b c", "Token " + ADA, "Bearer " + ADA, ADA, "Api-Token \xff", "Api-Token\t" + ADA, "Basic YTpi",
        "Api-Token " + BOB, "Api-Token " + ADA.upper(),
    ]:
        record("GET", AGENTS, Authorization=header)


def methods():
    for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "FOO", "GET"]:
        body = {} if method in ("POST", "PUT", "PATCH") else None
        record(method, ORG, Authorization=None)
        for target in [ORG, PINS, AGENTS + "statistics/", LOGS]:
            record(method, target, body)
        if method not in ("DELETE", "GET"):
            record(method, AGENTS + "1/", body)
        if method != "GET":
            record(method, AGENTS, body)


def paths():
    for target in ["/", "/nope/", "/nope", "/api/", "/api/ai-mentor/orgs/acme/users/", "/api/ai-mentor/orgs//users/ada/"]:
        record("GET", target)
    for method in ["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"]:
        record(method, AGENTS[:-1] + "?x=1&y=%20z")
    for target in [ORG[:-1], AGENTS + "1", AGENTS + "abc", AGENTS + "1.5/", AGENTS + "1.json", LOGS + "5/", LOGS + "x/"]:
        record("GET", target)
    for key in ["999999", "abc", "0", "-1", "+1", "1_0", "%201%20", "9223372036854775807", "1%00", "1e3", "0x1", "001"]:
        record("GET", AGENTS + key + "/")
    for key in ["999999", "abc", "0", "-1"]:
        record("PATCH", AGENTS + key + "/", {"title": ""})


def negotiation():
    for accept in [
        "", "*/*", "application/json", "application/*", "text/html", "text/html, */*;q=0.1",
        "application/json; charset=utf-8", "application/xml", "application/json;q=0", "*", "json", "*/json",
        "text/html,application/xml;q=0.9",
    ]:
        record("GET", AGENTS + "statistics/", Accept=accept)
    for query in ["format=json", "format=xml", "format=api", "format=", "format=xml&format=json"]:
        record("GET", AGENTS + "statistics/?" + query)
    for media_type in [
        "application/json", "application/json; charset=utf-8", 'application/json;charset="utf-8"', "APPLICATION/JSON",
        "application/json; charset=nope", "text/plain", "text/plain; charset=x", "application/xml", "", "application/*",
        "*/*", "application/json; a=b", "application/vnd.api+json", "application", "application/jsonx", "text/json", ";",
        "multipart/form-data", "multipart/form-data; boundary=x", 'multipart/form-data; boundary="x y"',
        "multipart/mixed; boundary=x", "application/octet-stream",
    ]:
        record("POST", AGENTS, '{"title":1}', Content_Type=media_type)
        record("POST", AGENTS, "", Content_Type=media_type)
    record("PATCH", AGENTS + "999/", "x", Content_Type="text/plain")
    record("PATCH", AGENTS + "999/", "x")
    record("GET", AGENTS + "1/", "x", Content_Type="text/plain")


def json_syntax():
    for body in [
        "", "null", "[]", "{}", "1", "1.5", '"x"', "true", "[1]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}',
        "{a:1}", "{'a':1}", "[1,", "[1,]", "[1 2]", '{"a" 1}', '{"a":1 "b":2}', '{"a":1}x', '{"a":1} {"b":2}', "nul",
        "tru", "NaN", '{"a":NaN}', "Infinity", "-Infinity", "-", "+1", "01", "1.", ".5", "1e", "1e5", '"', '"abc',
        '"a\nb"', '"\\x"', '"\\u12"', '"\\u123g"', '"\\ud800"', '{"title":"\\ud83d\\ude00"}', '{"title":"\\ud800"}',
        '{"title":"\\ud800\\u0041"}', '{"title":"\\udc00x"}', '\n\n  {"a": ?}', '{"ü":"ü" ?}', "\ufeff{}",
        '{"title":"a","title":""}', " \r\n\t{}", "\x0b{}", "[[[", '{"a":{"b":[}}', '"\\', '"\\u', '{"":1}',
        '{"a":1e999}', '{"title":1e999}', '{"title":-1e999}', "//x", '{"a":"\x7f"}', "-0", "[-]", '{"title": "x" // no\n}',
        '{"title":"\\u0000"}', '{"a":[1,2,3', '{"a":"b', "\x00", '{"a":tru}', "nullx", '{"a":1,,}', "{,}", "[,]",
        '{"a":"\\ud800\\ux"}', '"\\ud800\\u12', '{"title":123456789012345678901234567890}', '{"a":1}\n\n', '{"a":-}',
        '{"title":"\t"}', '{"title":"a\tb"}', '{"title":"a\\/b\\"c"}', "1" * 4301, '{"a":[]}', '{"a":[ ] , "b": { } }',
    ]:
        record("PATCH", AGENTS + "1/", body)
    for body in [
        b"\xff", b'{"a":"\xff"}', b'{"a":"\xc3"}', b"\xc3", b'{"\xed\xa0\x80":1}', b"\xf0\x9f", b"\xe2\x28\xa1",
        b"\xc0\x80", b"\xf5x", b"ab\x80", b"\xe2\x82", b'{"a":"\xe2\x82"}', b"\xf0\x80\x80\x80", b"\xe0\x80\x80",
        b"\xf4\x90\x80\x80",
    ]:
        record("PATCH", AGENTS + "1/", body)


OBJECTS = [[], [1, "a", None, True, {"k": "v"}], {}, {"a": 1}]
NUMBERS = [0, 1, -1, 7, 1.0, 1.5, -0.0, 1e3, 1e15, 1e16, 1e22, 1.5e300, 1e-4, 1e-5, 123456789.123, 10**30, 2**63 - 1]
COMMON = [None, "", " ", "x", " x ", True, False, *OBJECTS, *NUMBERS]
TEXTS = [
    "it's", 'say "x"', "it's \"x\"", "a\\b\n\t\r\x01é\u200b", "\x00", "\ud800", "😀", "\u2028\u2029\x7f<>&", "\x1fx\x1f", "\xa0x\u3000",
    "x" * 200, "x" * 201, "x" * 255, "x" * 256, " " + "x" * 255 + " ",
]
BOOLEANS = [
    "true", "True", "TRUE", "tRue", "yes", "Yes", "no", "on", "off", "OFF", "t", "F", "y", "N", "0", "1", "2", "null",
    "None", " true",
]
INTEGERS = [
    "7", "+7", " 7 ", "7.0", "7.", "7.5", ".0", "1_000", "1__0", "_1", "1_", "-7", "--7", "+-7", str(2**63 - 1), str(-2**63), "1" * 1001,
    "1e3", "1", "2", "999999", 999999, 2, 2.0, 2.5, "0x1", "- 7",
]
UUIDS = [
    UUID, UUID.upper(), UUID.replace("-", ""), "{" + UUID + "}", "urn:uuid:" + UUID,
    "00000000-0000-0000-0000-000000000000", "nope", "é", 2**128 - 1, 2**128, UUID + "0", " " + UUID,
]
CHOICES = ["success", "Success", " success", "pending", "running", "error", "bogus", "it's"]
TIMES = [
    "2026-01-05", "2026-01-05T00:00", "2026-01-05 00:00:00", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00.1Z",
    "2026-01-05T00:00:00.1234567Z", "2026-01-05T00:00:00,5Z", "2026-01-05T00:00:00+02", "2026-01-05T00:00:00-0330",
    "2026-01-05T00:00:00+05:30", "2026-1-5T1:2:3", "2026-13-05T00:00:00Z", "2026-02-30T00:00:00Z",
    "2026-01-05T24:00:00Z", "2026-01-05T23:59:60Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00", "2026-01-05T00:00:00+24:00", "2026-01-05T00:00:00z", "2026-01-05T00:00:00+23:59",
    "2026-01-05T00:00:00.123456789012Z", "20260105T000000Z", "2026-01-05T00:00:00.Z", " 2026-01-05T00:00:00Z",
    "2026-01-05T00:00:00Z\n", "2026-01-05t00:00:00Z",
]
URLS = [
    "http://a", "http://localhost", "http://localhost:8080/x", "http://127.0.0.1:80/", "http://receiver:8080/",
    "https://hooks.example.com/a?b=c#d", "HTTPS://EXAMPLE.COM", "ftp://example.com", "ftps://example.com",
    "ws://example.com", "mailto:a@b.c", "//example.com", "example.com", "http://", "http://.com",
    "http://example.com.", "http://example..com", "http://-a.com", "http://a-.com", "http://a.b-",
    "http://ex_ample.com", "http://user:pw@example.com", "http://user@example.com", "http://u:p:q@example.com",
    "http://example.com:", "http://example.com:123456", "http://example.com:99999", "http://[::1]/",
    "http://[::1]:8080", "http://[zz]", "http://[::1", "http://[fe80::1%25eth0]/", "http://256.1.1.1", "http://1.2.3",
    "http://01.2.3.4", "http://0.0.0.0", "http://münchen.de", "http://例え.テスト", "http://xn--mnchen-3ya.de",
    "http://a.xn--p1ai", "http://a.b", "http://a.bc", "http://a.b1", "http://a.123", "http://example.com/a b",
    "http://example.com/ü", "http://example.com\n", "http://exa mple.com", "http://example.com?x",
    "http://example.com#x", "http://😀.com", "http://" + "a" * 63 + ".com", "http://" + "a" * 64 + ".com",
    "http://" + ".".join(["a" * 35] * 5) + ".com", "https://example.com/" + "a" * 180, "https://example.com/" + "a" * 181, "https://" + "a" * 250,
    "http://example.com/%zz", "http://1.1.1.1.1", "http://a.co-m", "http://a.--", "http://a.c--m",
    "javascript:alert(1)", "http://[1.2.3.4]", "http://[::ffff:1.2.3.4]", "http://a.com/\x00", "http:///x", "http:/a.com",
]
CRONTABS = [
    "*", "0,30", "60", "*/15", "8-18/2", "mon-fri", "monday", "7", "jan", "january", "*/0", "22-2", "24", "32", "0",
    "13", "1-", "a", ",", "1,,2", "*/60", "* *", "0-7", "6-1", "1,2,60", "sun", "Sun", "1," * 160 + "1", "<", ">", "-1", "1.0",
]


def fields():
    """Every field with every value that may be special to its type."""
    for name, values in {
        "mentor": UUIDS, "title": TEXTS, "description": TEXTS, "prompt": [], "pathway": TEXTS, "callback_url": URLS,
        "callback_secret": TEXTS[-3:], "parent_session_id": TEXTS[-6:], "parent_mentor_id": INTEGERS,
        "previous_agent": INTEGERS, "previous_agent_status": CHOICES + TEXTS[:5] + [[text] for text in TEXTS[:10] if text != "\ud800"],
    }.items():
        for value in COMMON + values:
            record("PATCH", AGENTS + "3/", {name: value})
    for name, values in {"one_off": BOOLEANS, "start_time": TIMES, "enabled": BOOLEANS[:3]}.items():
        for value in COMMON + values:
            record("PATCH", AGENTS + "3/", {"task": {name: value}})
    for name in ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"]:
        for value in COMMON + CRONTABS:
            record("PATCH", AGENTS + "3/", {"task": {"crontab": {name: value}}})
    for value in COMMON:
        record("PATCH", AGENTS + "3/", {"task": value})
        record("PATCH", AGENTS + "3/", {"task": {"crontab": value}})
        record("POST", AGENTS, {"task": value})
        record("POST", AGENTS, {"task": {"crontab": value}})
        record("POST", AGENTS, json.dumps(value))


def bodies():
    record("POST", AGENTS, agent(id=99, username="eve", created_at="x", enabled=False, one_off=True, platform_key="q", nonsense=[1]))
    record("POST", AGENTS, agent(task={"id": 7, "name": "x", "crontab": {"timezone": "x"}}))
    record("POST", AGENTS, {
        "mentor": "nope", "title": "", "callback_url": "x", "previous_agent": 999999, "previous_agent_status": "bogus",
        "parent_mentor_id": "a", "description": None, "prompt": [], "pathway": {}, "parent_session_id": "x" * 201,
        "callback_secret": "x" * 256,
        "task": {
            "crontab": {"minute": "60", "hour": "24", "day_of_week": "monday", "day_of_month": "0", "month_of_year": "13"},
            "start_time": "x", "enabled": "maybe", "one_off": None,
        },
    })
    for body in [
        {}, {"title": "x"}, agent(task={}), agent(title="replaced"),
        agent(title="replaced again", task={"crontab": {"minute": "5"}}), agent(title="c", task={"crontab": {}}),
    ]:
        record("PUT", AGENTS + "2/", body)
    for body in [
        {"task": {"crontab": {"hour": "3"}}}, {"task": {"enabled": True}}, {}, {"task": {}}, {"previous_agent": 2},
        {"enabled": False},
    ]:
        record("PATCH", AGENTS + "2/", body)


def forms():
    for body in [
        "", "title=x", f"mentor={MENTOR}&title=Form&task.crontab.minute=5",
        f"mentor={MENTOR}&title=Form&task.crontab.minute=5&task.enabled=on",
        f"mentor={MENTOR}&title=Form&task.crontab.minute=&task.start_time=&previous_agent=&parent_mentor_id="
        "&previous_agent_status=&description=&callback_url=&task.enabled=&task.one_off=",
        "mentor=&title=&task=1", f"mentor={MENTOR}&title=a&title=b&task.crontab.hour=3",
        f"mentor={MENTOR}&title=%ff&task.crontab.hour=3", f"mentor={MENTOR}&title=a+b%20c&task.crontab=x", "title=%",
        "&&=&a", f"mentor={MENTOR}&title=x;y&task.crontab.hour=3", "task.=1", "task.crontab.=1",
        f"mentor={MENTOR}&title=x&task.start_time=2026-01-05T00:00:00Z",
        f"mentor={MENTOR}&title=x&task.crontab.minute=61&task.enabled=maybe",
    ]:
        record("POST", AGENTS, body, Content_Type=FORM)
    for body in [
        "title=Patched", "task.enabled=true", "task.enabled=", "task.one_off=1&task.crontab.hour=4", "title=",
        "mentor=", "previous_agent=1", "previous_agent=", "parent_mentor_id=9", "parent_mentor_id=",
        "task.start_time=", "description=", "previous_agent_status=", "task.crontab.minute=", "task.crontab.minute=+",
    ]:
        record("PATCH", AGENTS + "2/", body, Content_Type=FORM)
    for parts in [
        [], [("title", "x")],
        [("mentor", MENTOR), ("title", "Multi"), ("task.crontab.minute", "5"), ("task.enabled", "true")],
        [("mentor", MENTOR), ("title", None), ("task.crontab.minute", "5")],
        [("mentor", MENTOR), ("title", "Ü"), ("title", "ß"), ("task.crontab.minute", "5")],
        [(name, None) for name in (
            "previous_agent", "parent_mentor_id", "previous_agent_status", "mentor", "task.enabled", "task.start_time",
            "task.crontab.hour",
        )],
    ]:
        body = ""
        for name, value in parts:
            file = '; filename="f.txt"\r\nContent-Type: text/plain' if value is None else ""
            body += f'--XX\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n'
        record("POST", AGENTS, body + "--XX--\r\n", Content_Type=MULTIPART)
    for body in [
        "--XX", "--XX\r\n", "junk", '--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\nx',
        "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", "--XX\r\n\r\nx\r\n--XX--", "--YY\r\n--YY--",
    ]:
        record("PATCH", AGENTS + "2/", body, Content_Type=MULTIPART)


def lists():
    for query in [
        "", "page=1", "page=2", "page=0", "page=-1", "page=x", "page=last", "page=Last", "page=1.0", "page=%201",
        "page=9999", "page=1&page=2", "page=2&page_size=5", "page_size=5", "page_size=0", "page_size=-5",
        "page_size=x", "page_size=1000", "page_size=", "page_size=3&page=last",
        "page_size=3&page=2&title=&foo=b%20r&foo=c%2Bd&zz=%FF&a=%zz&%C3%BC=~._-*", "page_size=2&page=2&x",
        "page_size=2&;a=b;c", "page_size=2&q=a%26b", "page_size=1_0",
    ]:
        record("GET", AGENTS + "?" + query)
    for query in [
        "enabled=true", "enabled=True", "enabled=false", "enabled=1", "enabled=0", "enabled=yes", "enabled=maybe",
        "enabled=", "parent_mentor_id=5", "parent_mentor_id=5.0", "parent_mentor_id=%205", "parent_mentor_id=x",
        "parent_mentor_id=NaN", "parent_mentor_id=1e1", "parent_mentor_id=-5", "parent_mentor_id=inf",
        "parent_mentor_id=99999999999999999999", "parent_mentor_id=1" + "0" * 60, "parent_session_id=s1",
        "parent_session_id=S1", "previous_agent=1", "previous_agent=999999", "previous_agent=x", "previous_agent=%201",
        "previous_agent=null", "previous_agent=", "previous_agent_status=error", "previous_agent_status=bogus",
        "previous_agent_status=ERROR", "previous_agent_status=%20error%20", "previous_agent_status=a%22b%3Cc",
        "title=alpha", "title=Alpha", "title=%20alpha%20", "title=al", "title=%00", "title=%20", "title=a&title=alpha",
        "username=ada", "username=bob", "nonsense=1", "page=99&previous_agent_status=bogus",
        "previous_agent_status=y&previous_agent=999999&parent_mentor_id=x",
        "search=digest", "search=DIGEST", "search=evening+say", "search=evening,say", "search=zzz", "search=",
        "search=+", "search=%C3%BCberblick", "search=eve%00ning", "search=Evening%20Digest",
        "ordering=title", "ordering=-title", "ordering=-id", "ordering=bogus", "ordering=bogus,-id",
        "ordering=title,-id", "ordering=%20-id%20", "ordering=--id", "ordering=", "ordering=-previous_agent_status,id",
        "ordering=-created_at", "ordering=created_at", "ordering=-", "ordering=task", "ordering=username,-id",
    ]:
        record("GET", AGENTS + "?page_size=4&" + query)
    for query in [
        "mentor_id=nope", "mentor_id=" + UUID, "mentor_id=", "mentor_id=%20", "mentor_id=1",
        "mentor_id=%20" + UUID + "%20", "mentor_id={" + UUID + "}", "mentor_id=" + UUID.replace("-", ""),
    ]:
        record("GET", AGENTS + "statistics/?" + query)
    for query in ["periodic_agent=1", "periodic_agent=999999", "periodic_agent=x", "status=success", "status=pending", "ordering=-created_at", "search=x"]:
        record("GET", LOGS + "?" + query)
    for query in [
        "department_id=x", "department_id=", "department_id=5.0", "is_featured=maybe", "is_featured=", "filter_by=",
        "filter_by=%20x", "department_id=x&is_featured=maybe", "page=9", "page_size=1",
    ]:
        record("GET", ORG + "?" + query)


def pins():
    for query in ["", "session_id=", "session_id=x", "session_id=%20", "session_id=" + UUID]:
        record("GET", PINS + "?" + query)
    for body in [
        {}, {"session_id": None}, {"session_id": ""}, {"session_id": "x"}, {"session_id": 5}, {"session_id": UUID},
        {"session_id": True}, {"session_id": []}, {"session_id": {}}, [], "x", {"session_id": 1.5},
        {"session_id": "urn:uuid:" + UUID}, {"session_id": " " + UUID},
    ]:
        record("POST", PINS, json.dumps(body))
    record("POST", PINS, "null")


def deletion():
    record("DELETE", AGENTS + "1/")
    record("GET", AGENTS + "1/")
    record("DELETE", AGENTS + "1/")
    record("GET", AGENTS + "2/")
    record("DELETE", AGENTS + "999/")
    record("DELETE", AGENTS + "3/", "x", Content_Type="text/plain")


def main():
    service.prepare([("ada", ADA, True), ("bob", BOB, False)], UUID)
    record("POST", AGENTS, agent())
    record("POST", AGENTS, agent(
        title="Evening digest", description="Letzter Überblick", prompt="Say it", parent_mentor_id=5, parent_session_id="s1",
        previous_agent=1, previous_agent_status="error",
        task={"crontab": {}, "enabled": False, "one_off": True, "start_time": "2026-01-05T00:00:00+02:00"},
    ))
    record("POST", AGENTS, agent(title="alpha", pathway="p", callback_url="https://hooks.example.com/runs", callback_secret="a-long-random-secret"))
    for group in (authentication, methods, paths, negotiation, json_syntax, fields, bodies, forms, lists, pins, deletion):
        group()


if __name__ == "__main__":
    main()
