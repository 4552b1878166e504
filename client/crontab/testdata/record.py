"""Records what the platform's own libraries make of crontabs, for recorded_test.go.

Run with celery, django-celery-beat and python-crontab installed:

    python3 record.py fields [COUNT [SEED]] > fields.jsonl
    python3 record.py runs [COUNT [SEED]] > runs.jsonl

The files here come from Debian 12: celery 5.2.6, django-celery-beat 2.4.0, python-crontab 2.7.1.
"""
import importlib.util
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import django.conf
from celery.schedules import crontab, crontab_parser

django.conf.settings.configure()

# The package itself wants a database; its validators don't.
beat = importlib.util.find_spec("django_celery_beat").submodule_search_locations[0]
spec = importlib.util.spec_from_file_location("validators", beat + "/validators.py")
validators = importlib.util.module_from_spec(spec)
spec.loader.exec_module(validators)

DAYS = "sun mon tue wed thu fri sat".split()
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
FIELDS = {
    "minute": (60, 0, validators.minute_validator),
    "hour": (24, 0, validators.hour_validator),
    "day_of_month": (31, 1, validators.day_of_month_validator),
    "month_of_year": (12, 1, validators.month_of_year_validator),
    "day_of_week": (7, 0, validators.day_of_week_validator),
}
CURATED = """* */15 */1 */7 */6 */59 */60 */24 */31 */32 */12 */13 */0 */00 */ */-2 */+2 */x */mon */sun */jan */2.5 */2/3 ** *5 *-5 5* * *,* *,5
0 1 5 7 05 007 59 60 23 24 31 32 12 13 6 99999999999999999999 -1 -0 +5 ++5 1.5 1_0 0x5 1e1 ٣ ٣-٥ ５
1-5 5-1 22-2 6-1 5-5 1-5/2 5-1/2 20-4/3 1-7 5-7 7-1 7-7 0-7 7-3 1-7/2 5-7/7 */7 1-5/7 0-59 0-60 1-31 1-12 31-1 8-18-20 8--18 -8-18 8- -8 8-18/ 8-18/0 8-18/99 8-18/2/3 8/2 5/15 /5 / -
1,2 1,,2 ,1 1, , 1,2-5,*/20 7,1 1,7 0,5-7 6,7
mon MON Mon monday mond monkey mo m sun-sat mon-fri fri-mon MON-fri mon-5 1-fri sat-sun mon-7 sun-7 7-sun mon/2 mon-fri/2 fri-mon/2 mon#2 friL
jan JAN january jan-mar nov-feb jan-3 1-mar mar/2 janmar
@daily @hourly ? L W LW 15W 1#2 < > <-5 5-> <-> */> */< >/2
""".split() + [
    "1, 2", "1 ,2", " 5", "5 ", "1 - 5", "1- 5", "1 -5", "1-5 ", " 1-5", "1-5 ,7", "*/5 ,7", "* ,5", "5,* ", "0 0", "mon, tue", "mon ,tue",
    "1,\t2", "\t5", "\x1c5", "5\n,6", "1-5 x", "*/5 x", "1-5 ,x",
]


def random_value(rng, size, low):
    atoms = [str(rng.randrange(low, low + size)) for _ in range(6)]
    atoms += [str(rng.randrange(0, 99)), "7", "0", rng.choice(DAYS), rng.choice(MONTHS), rng.choice("*<>LW?x@ ")]
    marks = [",", "-", "/", "", " ", "*/", "-", ",", "/"]
    kind = rng.random()
    if kind < 0.3:
        return "".join(rng.choice(atoms) + rng.choice(marks) for _ in range(rng.randrange(1, 6)))
    parts = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        part = rng.choice(["*", rng.choice(atoms), f"{rng.choice(atoms)}-{rng.choice(atoms)}", f"{rng.choice(atoms)}-{rng.choice(atoms)}"])
        if rng.random() < 0.4:
            part += f"/{rng.choice(['1', '2', '3', '5', '7', '10', rng.choice(atoms)])}"
        parts.append(part)
    return ",".join(parts)


def record_field(field, value):
    size, low, validate = FIELDS[field]
    # The API strips a value before it validates and stores it.
    value_stored = value.strip()
    message = ""
    if not value_stored:
        message = "This field may not be blank."  # Django REST Framework's, before any validator
    else:
        try:
            validate(value_stored)
        except Exception as error:
            message = str(error.message)
    try:
        celery = sorted(crontab_parser(size, low).parse(value_stored))
    except Exception:
        celery = None
    return {"field": field, "value": value, "api": message, "celery": celery}


def fields(rng, count):
    if not count:
        for field in FIELDS:
            for value in CURATED:
                yield record_field(field, value)
    for _ in range(count):
        field = rng.choice(list(FIELDS))
        yield record_field(field, random_value(rng, *FIELDS[field][:2]))


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca"]
# Days around which some of these zones change their clocks.
CHANGES = [(2026, 3, 29), (2026, 10, 25), (2026, 3, 8), (2026, 11, 1), (2026, 4, 5), (2026, 10, 4), (2018, 11, 4), (2018, 2, 18), (2026, 2, 15), (2026, 3, 22)]


def random_line(rng, night):
    def pick(low, high, most):
        return ",".join(map(str, sorted(rng.sample(range(low, high + 1), rng.randrange(1, most + 1)))))

    minute = rng.choice(["*", "*/15", "*/7", "0", "30", pick(0, 59, 3)])
    hour = pick(0, 4, 3) if night else rng.choice(["*", "*/2", "8-18", "8", pick(0, 23, 3)])
    if night and rng.random() < 0.3:
        hour = "*"
    day = "*" if night else rng.choice(["*", "*", "1", "31", "*/2", "29-31", pick(1, 31, 4)])
    month = "*" if night else rng.choice(["*", "*", "2", "*/3", pick(1, 12, 3)])
    weekday = rng.choice(["*", "*", "1-5", "0", pick(0, 6, 3)])
    return f"{minute} {hour} {day} {month} {weekday}"


def next_run(line, last):
    minute, hour, day, month, weekday = line.split()
    schedule = crontab(minute, hour, weekday, day, month, nowfun=lambda: last)
    # As later releases do; 5.2.6 takes a candidate's wall clock for UTC here, and so misses some.
    schedule.maybe_make_aware = lambda t: t if t.tzinfo else t.replace(tzinfo=last.tzinfo)
    last, delta, _ = schedule.remaining_delta(last)
    # celery 5.5.2 and later wait for this moment in UTC.
    return (last + delta).astimezone(timezone.utc)


def runs(rng, count):
    remaining = count or 300
    while remaining:
        zone = rng.choice(ZONES)
        night = zone != "UTC" and rng.random() < 0.7
        line = random_line(rng, night)
        if night:
            near = datetime(*rng.choice(CHANGES), tzinfo=timezone.utc) + timedelta(minutes=rng.randrange(-1500, 1500))
        else:
            near = datetime(2000, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(0, 100 * 365 * 86400))
        last = near.astimezone(ZoneInfo(zone))
        if last.fold:
            continue  # celery 5.5.2 and later lose their way in the second pass of a repeated hour
        remaining -= 1
        try:
            found = next_run(line, last).strftime("%Y-%m-%dT%H:%M:%SZ")
        except RuntimeError:
            found = None
        yield {"zone": zone, "line": line, "from": near.strftime("%Y-%m-%dT%H:%M:%SZ"), "next": found}


what, count, seed = sys.argv[1], int((sys.argv + ["0"])[2]), int((sys.argv + ["0", "1"])[3])
for record in {"fields": fields, "runs": runs}[what](random.Random(seed), count):
    print(json.dumps(record, ensure_ascii=False))
