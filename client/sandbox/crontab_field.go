package sandbox

import (
	"regexp"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// crontabField is a field of a crontab. It refuses what the service refuses, but
// accepts schedules that celery never runs.
func crontabField(name crontab.Field, at func(*client.CrontabSchedule) *string) django.Field[client.CrontabSchedule] {
	refusal := func(value string) string {
		var alone client.CrontabSchedule
		*at(&alone) = value
		for _, finding := range crontab.Check(alone.Fields()).Findings {
			if finding.Verdict == crontab.Refused {
				return finding.Reason
			}
		}
		return ""
	}
	return django.CharField(string(name), django.CharRules{Validate: func(v django.Version, value string) string {
		switch {
		case v >= django.Django52:
			return printNumber(strings.ReplaceAll(refusal(markRandomRanges(value)), notRange, ""))
		case v >= django.Django42:
			return printNumber(refusal(value))
		default:
			return refusal(value)
		}
	}}, at)
}

// notRange makes a part of a field an unknown range for all versions of
// python-crontab.
const notRange = "/\ue000/"

// markRandomRanges marks the random ranges in a field, such as 1~5. The python-crontab
// that Debian has with Django 5.2 knows them. django-celery-beat doesn't, and calls them
// unknown ranges.
func markRandomRanges(value string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		if strings.Contains(part, "~") && !strings.ContainsAny(part, "-/") {
			parts[i] += notRange
		}
	}
	return strings.Join(parts, ",")
}

// outOfRange matches a message about a number.
var outOfRange = regexp.MustCompile(`^'(\p{Nd}+)', not in `)

// printNumber prints the number of a message in decimal, as later versions of
// python-crontab do. The oldest repeats the text.
func printNumber(message string) string {
	parts := outOfRange.FindStringSubmatch(message)
	if parts == nil {
		return message
	}
	return "'" + django.DecimalText(parts[1]) + strings.TrimPrefix(message, "'"+parts[1])
}
