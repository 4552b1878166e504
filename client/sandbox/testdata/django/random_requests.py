"""Records the responses of Django to random requests, one a line:

    python3 random_requests.py SEED NUMBER > /tmp/random.12
    python3 merge.py 12=/tmp/random.12 13=/tmp/random.13 14=/tmp/random.14 > ../django_random.jsonl

See record.py for the versions, and for what is recorded. The tests compare each
file ../django*.jsonl; a larger one than the committed one can be compared and then
deleted.
"""

import json
import random
import sys

import details
import record as recorder
import service
from record import ADA, AGENTS, BOB, FORM, LOGS, MULTIPART, ORG, PINS, UUID, agent, record

rng = random.Random()  # which nothing else uses

CHARACTERS = (
    "aZ09 \t\n\r\x00\x1c\x1f\x7f\x85\xa0\u00ad\u0130\u0131\u017f\u212a\u2028\u200b\u3000\ufeff\ufffd\u0661\u0967\uff11\u00b2½ßéΩ中😀\U0001d7cf"
    "'\"\\/<>&%+-_.,:;*?#=@()[]{}|~^$!"
)
TOKENS = [
    "1", "0", "-1", "2", "3", "99", "1.0", "1e3", "true", "False", "on", "null", "None", "error", "success", "pending", "ada",
    "Morning digest", "alpha", "digest", '"Morning digest"', "'Evening digest'", "http://a.com", "https://", "a.b", UUID, "2026-01-05",
    "T09:00:00", "Z", "+01:00", "*/5", "1-5", "mon", "fri", "jan", "*", "60", "last", "id", "-id", "title", "created_at", "x",
]
PARAMETERS = [
    "page", "page_size", "search", "ordering", "enabled", "parent_mentor_id", "parent_session_id", "previous_agent",
    "previous_agent_status", "title", "username", "format", "nonsense",
]
ORDERINGS = [  # a database sorts null first or last, so nullable fields are not among them
    "id", "mentor", "title", "username", "prompt", "task", "task__enabled", "task__one_off", "enabled", "one_off", "pathway",
    "callback_url", "callback_secret", "parent_session_id", "previous_agent_status", "task__crontab", "content", "status",
    "periodic_agent", "nonsense", "pk", "title__", "mentor__name", " title", "title,-id", "-pathway,title,-id", "mentor,-id",
]
FIELDS = [
    "title", "prompt", "pathway", "callback_url", "callback_secret", "parent_session_id", "parent_mentor_id",
    "previous_agent", "previous_agent_status", "mentor", "task", "nonsense", "id", "enabled",
]
TASK_FIELDS = ["one_off", "enabled", "start_time", "crontab", "id"]
CRONTAB_FIELDS = ["minute", "hour", "day_of_week", "day_of_month", "month_of_year"]


def text():
    """A short string of special characters and known words."""
    parts = rng.choices(TOKENS, k=rng.choice([0, 1, 1, 1, 2])) + rng.choices(CHARACTERS, k=rng.choice([0, 0, 0, 1, 1, 2]))
    rng.shuffle(parts)
    return "".join(parts)


def special(field):
    """A value that may be special to the field's type."""
    known = {
        "callback_url": recorder.URLS, "parent_mentor_id": recorder.INTEGERS + details.NUMBERS,
        "previous_agent": recorder.INTEGERS + details.NUMBERS, "previous_agent_status": recorder.CHOICES,
        "mentor": recorder.UUIDS + details.MENTORS, "start_time": recorder.TIMES + details.TIMES, "one_off": recorder.BOOLEANS,
        "enabled": recorder.BOOLEANS, "ordering": ORDERINGS + ["-" + name for name in ORDERINGS], **dict.fromkeys(CRONTAB_FIELDS, recorder.CRONTABS),
    }
    return rng.choice(known.get(field, recorder.TEXTS))


def mutated(value):
    """The value with a character that is inserted, deleted or replaced."""
    if not isinstance(value, str) or not value:
        return value
    at = rng.randrange(len(value))
    return value[:at] + rng.choice(["", rng.choice(CHARACTERS)]) + value[at + rng.choice([0, 1]):]


def value(field):
    if field == "task":
        return {name: value(name) for name in rng.sample(TASK_FIELDS, rng.randrange(4))}
    if field == "crontab":
        return {name: value(name) for name in rng.sample(CRONTAB_FIELDS, rng.randrange(4))}
    return rng.choice([
        lambda: text(), lambda: special(field), lambda: mutated(special(field)), lambda: rng.choice(recorder.COMMON),
    ])()


def data():
    return {name: value(name) for name in rng.sample(FIELDS, rng.choice([0, 1, 1, 1, 2, 3]))}


def broken(body):
    for _ in range(rng.randrange(1, 3)):
        body = mutated(body)
    return body


def fields(prefix, values):
    """Flattens nested values to the fields of a form."""
    for name, field in values.items():
        if isinstance(field, dict) and field:
            yield from fields(prefix + name + ".", field)
        elif isinstance(field, str):
            yield prefix + name, field


def quoted(text):
    return "".join(c if c.isalnum() and c.isascii() else "".join("%%%02X" % b for b in c.encode()) for c in text)


def body():
    """A media type and a body."""
    kind = rng.randrange(8)
    if kind < 4:
        return None, json.dumps(data(), ensure_ascii=rng.random() < 0.5).encode("utf-8", "replace")
    if kind == 4:
        return None, broken(json.dumps(data())).encode()
    pairs = [(name, text.encode("utf-8", "replace").decode()) for name, text in fields("", data())]
    if kind < 7:
        return FORM, "&".join(name + "=" + (quoted(text) if rng.random() < 0.8 else text) for name, text in pairs).encode()
    parts = [(b'Content-Disposition: form-data; name="' + name.encode() + b'"', text.encode()) for name, text in pairs]
    return MULTIPART, details.form(b"XX", *parts)


def query():
    pairs = [(name, rng.choice([text, lambda: value(name)])()) for name in rng.choices(PARAMETERS, k=rng.choice([0, 1, 1, 2, 3]))]
    return "&".join(name + "=" + quoted(str(text).encode("utf-8", "replace").decode()) for name, text in pairs)


def request():
    headers = {}
    if rng.random() < 0.03:
        headers["Accept"] = mutated(rng.choice(details.ACCEPT)).encode("latin-1", "replace").decode("latin-1").strip()
    if rng.random() < 0.02:
        headers["Authorization"] = rng.choice(["", "Api-Token", "Token " + ADA, "Api-Token " + BOB, "Api-Token x y", "api-token " + ADA])
    headers = {name: text for name, text in headers.items() if text.isprintable()}
    pick = rng.random()
    if pick < 0.35:
        record("GET", rng.choice([AGENTS, AGENTS, AGENTS, LOGS, ORG]) + "?" + query(), **headers)
    elif pick < 0.4:
        method, target = rng.choice([("GET", AGENTS), ("HEAD", AGENTS), ("DELETE", AGENTS), ("GET", LOGS), ("OPTIONS", LOGS)])
        record(method, target + quoted(text() or "7") + "/", **headers)
    elif pick < 0.43:
        record("POST", PINS, json.dumps({"session_id": rng.choice([text(), mutated(UUID), UUID])}), **headers)
    else:
        media_type, content = body()
        if media_type:
            headers["Content-Type"] = media_type
        method, target = rng.choice([("PATCH", AGENTS + "2/"), ("PATCH", AGENTS + "2/"), ("PATCH", AGENTS + "3/"), ("PUT", AGENTS + "2/"), ("POST", AGENTS)])
        record(method, target, content, **{name.replace("-", "_"): text for name, text in headers.items()})


def main():
    rng.seed(int(sys.argv[1]))
    service.prepare([("ada", ADA, True), ("bob", BOB, False)], UUID)
    for title in ("Morning digest", "Evening digest", "alpha"):
        record("POST", AGENTS, agent(title=title))
    for _ in range(int(sys.argv[2])):
        request()


if __name__ == "__main__":
    main()
