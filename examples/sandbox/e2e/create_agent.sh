#!/bin/sh
# Creates a periodic agent with curl, and prints it as the service tells it.
# Needs IBLAI_BASE_URL, IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME.
set -eu

base="$IBLAI_BASE_URL/api/ai-mentor/orgs/$IBLAI_ORG/users/$IBLAI_USERNAME"

# ask PATH [CURL'S OPTIONS...]: fails, and says why, where the service refuses.
ask() {
  path=$1
  shift
  # The key comes from a file, since arguments can be seen by every user.
  printf 'header = "Authorization: Api-Token %s"\n' "$IBLAI_API_KEY" |
    curl --silent --show-error --fail-with-body --config - "$@" "$base$path"
}

mentor=$(ask '/?page_size=1' | grep -o '"unique_id": *"[^"]*"' | head -n 1 | cut -d '"' -f 4)

ask /periodic-agents/ --header 'Content-Type: application/json' --data '{
  "mentor": "'"$mentor"'",
  "title": "Morning digest",
  "prompt": "Summarize what is due this week.",
  "task": {"crontab": {"minute": "0", "hour": "8", "day_of_week": "mon-fri"}}
}'
