"""Records when the real scheduler runs an agent in random stories, for beat_recorded_test.go.

Run with celery, django-celery-beat and freezegun installed:

    python3 beat.py COUNT SEED > beat24.jsonl

The file here has 150 stories of seed 1, and comes from Debian 12: celery 5.2.6, django-celery-beat 2.4.0, Django
3.2.25, freezegun 1.2.1. The stories have no one-off tasks, since it isn't known how the service disables them.
"""
import json
import logging
import math
import random
import sys
from datetime import datetime, timedelta, timezone

import django
from django.conf import settings

settings.configure(
    USE_TZ=True, TIME_ZONE="UTC", SECRET_KEY="x", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django_celery_beat"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()

from celery import Celery
from django.core.management import call_command
from django_celery_beat import schedulers
from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks
from freezegun import freeze_time

logging.disable(logging.CRITICAL)
call_command("migrate", verbosity=0)
app = Celery("beat", set_as_current=True)
app.conf.timezone = "UTC"
schedulers.close_old_connections = lambda: None  # they are in memory

MAX_INTERVAL = 300  # of ticks, in seconds; beat's 5 would only take longer
ISO = "%Y-%m-%dT%H:%M:%SZ"


class Scheduler(schedulers.DatabaseScheduler):
    """Notes the runs and sends nothing."""

    producer = None
    runs = []

    def apply_async(self, entry, producer=None, advance=True, **kwargs):
        self.runs.append(datetime.now(timezone.utc).strftime(ISO))
        return type("Result", (), {"id": "x"})

    def install_default_entries(self, data):
        """Adds no tasks."""


def parse(text):
    return datetime.strptime(text, ISO).replace(tzinfo=timezone.utc)


def crontab_row(line):
    minute, hour, day, month, weekday = line.split()
    return CrontabSchedule.objects.create(minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday)


def change(task, values):
    """Changes a task, and saves it if anything is different."""
    changed = False
    for field, value in values.items():
        if field == "crontab":
            value, changed = crontab_row(value), True
        elif field == "start_time":
            value = value and parse(value)
        changed |= getattr(task, field) != value
        setattr(task, field, value)
    if changed:
        task.save()


def play(story):
    """Returns the times at which the scheduler runs the task of a story."""
    for model in PeriodicTask, CrontabSchedule, PeriodicTasks:
        model.objects.all().delete()
    Scheduler.runs = []
    events = [dict(event) for event in story["events"]]
    until = parse(story["until"])
    with freeze_time(parse(story["begin"]).replace(tzinfo=None)) as clock:
        PeriodicTasks.update_changed()
        scheduler = Scheduler(app=app, max_interval=MAX_INTERVAL)
        while True:
            interval = 0
            while scheduler and interval <= 0:
                interval = scheduler.tick()
            now = datetime.now(timezone.utc)
            if events and parse(events[0]["at"]) <= now:
                event = events.pop(0)
                event.pop("at")
                state = event.pop("scheduler", None)
                if state == "stop" and scheduler:
                    scheduler.sync()
                    scheduler = None
                elif state == "start" and not scheduler:
                    scheduler = Scheduler(app=app, max_interval=MAX_INTERVAL)
                if event:
                    change(PeriodicTask.objects.filter(name="a").first() or PeriodicTask(name="a", task="t"), event)
                continue
            if now >= until:
                return Scheduler.runs
            following = now + timedelta(seconds=max(1, math.ceil(interval or MAX_INTERVAL)))
            if following.second:  # beat is early by some milliseconds
                following = following.replace(second=0) + timedelta(minutes=1)
            clock.move_to(min([following, until] + [parse(event["at"]) for event in events[:1]]).replace(tzinfo=None))


def random_crontab(rng):
    hours = ["*", "8", "8-8", "8,20", "*/6", "4", "9-17", str(rng.randrange(24)), str(rng.randrange(24))]
    return " ".join([
        rng.choice(["0", "30", "15", str(rng.randrange(60)), "*/20"]), rng.choice(hours),
        rng.choice(["*", "*", "*", "2-4", "*/2"]), "*", rng.choice(["*", "*", "*", "1", "1-5", "0,3"]),
    ])


def random_story(rng):
    at = begin = datetime(2026, 3, 2, 6)
    events = []
    for _ in range(rng.randrange(1, 7)):
        at += timedelta(minutes=rng.randrange(1, 1500 if events else 600))
        start_time = (at + timedelta(minutes=rng.randrange(-3000, 3000))).strftime(ISO)
        event = rng.choice([
            {"crontab": random_crontab(rng)}, {"crontab": random_crontab(rng)}, {"enabled": False}, {"enabled": True},
            {"start_time": start_time}, {"start_time": None}, {"scheduler": "stop"}, {"scheduler": "start"},
        ])
        if not events:
            event = {"crontab": random_crontab(rng)}
            if rng.random() < 0.4:
                event["start_time"] = start_time
        events.append({"at": at.strftime(ISO), **event})
    until = at + timedelta(minutes=rng.randrange(600, 4000))
    return {"begin": begin.strftime(ISO), "events": events, "until": until.strftime(ISO)}


count, seed = map(int, sys.argv[1:])
generator = random.Random(seed)
for _ in range(count):
    story = random_story(generator)
    story["runs"] = play(story)
    print(json.dumps(story), flush=True)
