"""Merges recordings of several versions of Django into one file:

    python3 merge.py 12=/tmp/record.12 13=/tmp/record.13 14=/tmp/record.14 > ../django.jsonl

A line has a request, and the responses by the versions that gave them, as in
{"12":{...},"13 14":{...}}. A version that was not sent the request, or that failed
with status 500, has none.
"""

import json
import sys

RESPONSE = ("status", "answerHeader", "answer")


def main():
    names, files = zip(*(argument.split("=", 1) for argument in sys.argv[1:]))
    for lines in zip(*map(open, files), strict=True):
        requests = {}
        for name, line in zip(names, map(json.loads, lines)):
            response = {key: line.pop(key) for key in RESPONSE if key in line}
            if response["status"] != 500:
                requests.setdefault(json.dumps(line), []).append((name, response))
        for request, responses in requests.items():
            line = json.loads(request)
            line["responses"] = {}
            while responses:
                first = responses[0][1]
                same = [name for name, response in responses if response == first]
                line["responses"][" ".join(same)] = first
                responses = [response for response in responses if response[0] not in same]
            print(json.dumps(line, ensure_ascii=True, separators=(",", ":")))


main()
