package fleet_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/fleet"
)

func TestParse(t *testing.T) {
	t.Parallel()
	want := &fleet.Fleet{
		Name:    "courses",
		Removed: fleet.RemovedDelete,
		Agents: []fleet.Agent{
			{
				Key: "digest", Title: "Morning digest", Mentor: "tutor", Prompt: "Summarise.", TimeZone: "Europe/Berlin",
				Schedule: crontab.Fields{Minute: "0", Hour: "8", DayOfMonth: "*", MonthOfYear: "*", DayOfWeek: "mon-fri"},
			},
			{
				Key: "report", Title: "Report", Mentor: "7", MentorID: 7, Description: "For Ada.", Prompt: "Read this.", TimeZone: "UTC",
				Schedule: crontab.Fields{Minute: "30", Hour: "6,18"},
				After:    &fleet.After{Key: "digest", Status: api.StatusError},
				Callback: &fleet.Callback{URL: "https://hooks.example.com/", SecretSource: fleet.SecretSource{Env: "SECRET"}},
				Disabled: true, OneOff: true,
			},
			{
				Key: "last", Title: "Last", Mentor: "tutor", TimeZone: "Europe/Berlin", Schedule: crontab.Fields{Minute: "*/5"},
				After:    &fleet.After{Key: "report"},
				Callback: &fleet.Callback{URL: "https://hooks.example.com/", SecretSource: fleet.SecretSource{File: filepath.Join("folder", "secret")}},
			},
		},
	}
	files := fstest.MapFS{"prompts/report.txt": {Data: []byte("Read this.\n")}}
	for name, text := range map[string]string{
		"folder/fleet.yaml": `
fleet: courses
removed: delete
timezone: Europe/Berlin
agents:
  - key: digest
    title: Morning digest
    mentor: &mentor tutor
    prompt: Summarise.
    schedule: 0 8 * * mon-fri
  - key: report
    title: Report
    mentor: 7
    mentor_id: 7
    description: For Ada.
    prompt_file: prompts/report.txt
    schedule: {minute: 30, hour: "6,18"}
    timezone: UTC
    after: {key: digest, status: error}
    callback: {url: https://hooks.example.com/, secret_env: SECRET}
    enabled: false
    one_off: true
  - {key: last, title: Last, mentor: *mentor, schedule: {minute: "*/5"}, after: report, callback: {url: https://hooks.example.com/, secret_file: secret}}
`,
		"folder/fleet.json": `{"fleet": "courses", "removed": "delete", "timezone": "Europe/Berlin", "agents": [
{"key": "digest", "title": "Morning digest", "mentor": "tutor", "prompt": "Summarise.", "schedule": "0 8 * * mon-fri"},
{"key": "report", "title": "Report", "mentor": 7, "mentor_id": 7, "description": "For Ada.", "prompt_file": "prompts/report.txt",
 "schedule": {"minute": 30, "hour": "6,18"}, "timezone": "UTC", "after": {"key": "digest", "status": "error"},
 "callback": {"url": "https://hooks.example.com/", "secret_env": "SECRET"}, "enabled": false, "one_off": true},
{"key": "last", "title": "Last", "mentor": "tutor", "schedule": {"minute": "*/5"}, "after": "report", "callback": {"url": "https://hooks.example.com/", "secret_file": "secret"}}]}`,
	} {
		f, err := fleet.Parse(name, []byte(text), files)
		require.NoError(t, err)
		assert.Equal(t, want, f, name)
	}
}

func TestParseReportsAllErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"fleet.yaml": {`fleet: Courses
removed: burn
agents:
  - key: a
    title: A
    mentor: tutor
    schedule: 0 8 * * 7
    after: c
  - key: a
    titel: B
    mentor: [tutor]
    schedule: {minute: 61, hour: "8", second: 0}
    after: nobody
  - key: c
    title: " "
    mentor: tutor
    mentor_id: 0
    schedule: 0 8 31 2 *
    timezone: Europe/Berlni
    after: a
    callback: {url: ftp://example.com, secret_env: A, secret_file: b}
    prompt: Both
    prompt_file: ../secret
  - key: d
    title: "[fleet other/d]"
    mentor: tutor
    schedule: 0 0,12 * * mon
    timezone: Europe/Berlin
    after: {key: a, status: great}
    enabled: "no"
`, []string{
			`fleet.yaml:1:1: fleet: must be 1 to 63 lower case letters, digits, dots, underscores or dashes, and begin with a letter or digit`,
			`fleet.yaml:2:1: removed: must be one of disable, delete`,
			`fleet.yaml:7:5: agents[0].schedule: day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"`,
			`fleet.yaml:8:5: agents[0].after: is a cycle: a after c after a`,
			`fleet.yaml:9:5: agents[1]: has no title`,
			`fleet.yaml:9:5: agents[1].key: "a" is also the key of agents[0]`,
			`fleet.yaml:10:5: agents[1]: unknown field "titel"; the known fields are after, callback, description, enabled, key, mentor, mentor_id, one_off, prompt, prompt_file, schedule, timezone, title`,
			`fleet.yaml:11:5: agents[1].mentor: must be a string or an integer, not a list`,
			`fleet.yaml:12:16: agents[1].schedule.minute: minute "61": refused by the API: '61', not in 0-59 for Minutes`,
			`fleet.yaml:12:39: agents[1].schedule: unknown field "second"; the known fields are day_of_month, day_of_week, hour, minute, month_of_year`,
			`fleet.yaml:13:5: agents[1].after: no agent has the key "nobody"`,
			`fleet.yaml:15:5: agents[2].title: is empty`,
			`fleet.yaml:17:5: agents[2].mentor_id: must be 1 or more, not 0`,
			`fleet.yaml:18:5: agents[2].schedule: day_of_month "31": never runs: none of the chosen months has such a day`,
			`fleet.yaml:19:5: agents[2].timezone: is not known: unknown time zone Europe/Berlni; names are like Europe/Berlin`,
			`fleet.yaml:21:5: agents[2].callback: has both secret_env and secret_file`,
			`fleet.yaml:21:16: agents[2].callback.url: must be an http or https URL`,
			`fleet.yaml:23:5: agents[2].prompt_file: must be a path below the folder of the fleet, with slashes and without ..`,
			`fleet.yaml:23:5: agents[2].prompt_file: an agent has prompt or prompt_file, not both`,
			`fleet.yaml:25:5: agents[3].title: must not contain a marker of a fleet`,
			`fleet.yaml:27:5: agents[3].schedule: can't be converted to UTC: no single crontab in UTC has the runs of "0 0,12 * * 1" in Europe/Berlin: it needs 2 agents`,
			`fleet.yaml:29:21: agents[3].after.status: must be one of success, error, running, pending, not "great"`,
			`fleet.yaml:30:5: agents[3].enabled: must be true or false, not the string "no"`,
		}},
		"other.json": {"{\"fleet\": \"a\",\n  \"agents\": [{\"key\": \"a\", \"mentor\": \"\\u0000\", \"title\": \"\\u0000\", \"schedule\": \"0 8 * *\"},\n 5]}", []string{
			`other.json:2:27: agents[0].mentor: has a character that the service refuses`,
			`other.json:2:47: agents[0].title: has a character that the service refuses`,
			`other.json:2:66: agents[0].schedule: must have five fields: minute hour day_of_month month_of_year day_of_week`,
			`other.json:3:2: agents[1]: must be an object, not the number "5"`,
		}},
		"empty.yaml": {"", []string{"empty.yaml: is empty"}},
		"bare.yaml":  {"fleet: a", []string{"bare.yaml:1:1: has no agents"}},
	} {
		_, err := fleet.Parse(name, []byte(test.text), fstest.MapFS{})
		require.Error(t, err, name)
		assert.Equal(t, test.want, strings.Split(err.Error(), "\n"), name)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const head = "fleet: a\nagents:\n"
	for name, test := range map[string]struct{ text, want string }{
		"long file": {strings.Repeat("#", 1<<20+1), "fleet: f.yaml is longer than 1048576 bytes"},
		"agents":    {head + strings.Repeat("- {}\n", 1001), "f.yaml:2:1: agents: has 1001 items, but at most 1000 are allowed"},
		"prompt":    {head + "- {key: a, title: a, mentor: a, schedule: 0 8 * * *, prompt: " + strings.Repeat("x", 100_001) + "}", "f.yaml:3:54: agents[0].prompt: has 100001 characters, but at most 100000 are allowed"},
		"title":     {head + "- {key: a, title: " + strings.Repeat("x", 256) + ", mentor: a, schedule: 0 8 * * *}", "f.yaml:3:12: agents[0].title: has 256 characters, but at most 255 are allowed"},
	} {
		_, err := fleet.Parse("f.yaml", []byte(test.text), nil)
		require.EqualError(t, err, test.want, name)
	}
	for _, userinfo := range []string{"ada:hush", "hush", ":hush", ""} {
		_, err := fleet.Parse("f.yaml", []byte(head+"- {key: a, title: a, mentor: a, schedule: 0 8 * * *, callback: {url: \"https://"+userinfo+"@hooks.example.com/\"}}"), nil)
		require.EqualError(t, err, "f.yaml:3:65: agents[0].callback.url: must not have a user or password in it; have the callbacks signed with a secret")
	}
	deep := head + "- " + strings.Repeat("[", 200_000)
	_, err := fleet.Parse("f.yaml", []byte(deep), nil)
	require.Error(t, err)
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x]\n")
	for i := range 30 {
		bomb.WriteString(strings.NewReplacer("N", string(rune('A'+i+1)), "O", string(rune('A'+i))).Replace("aN: &aN [*aO, *aO, *aO, *aO]\n"))
	}
	_, err = fleet.Parse("f.yaml", []byte(strings.Replace(bomb.String(), "a0: &a0", "aA: &aA", 1)), nil)
	require.Error(t, err)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside.txt")
	require.NoError(t, os.WriteFile(outside, []byte("not for the platform"), 0o600))
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	const head = "fleet: a\nagents:\n- {key: a, title: A, mentor: tutor, schedule: 0 8 * * *, prompt_file: "
	write("prompt.txt", "Hello.\n")
	write("empty.yaml", "")
	path := write("fleet.yaml", head+"prompt.txt}")
	f, err := fleet.Load(path)
	require.NoError(t, err)
	assert.Equal(t, "Hello.", f.Agents[0].Prompt)

	_, err = fleet.Load(write("missing.yaml", head+"missing.txt}"))
	require.ErrorContains(t, err, "missing.yaml:3:58: agents[0].prompt_file: ")
	_, err = fleet.Load(filepath.Join(folder, "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = fleet.Load(folder)
	require.Error(t, err)
	if runtime.GOOS != "windows" { // where links need a permission
		require.NoError(t, os.Symlink(outside, filepath.Join(folder, "link.txt")))
		_, err = fleet.Load(write("link.yaml", head+"link.txt}"))
		require.ErrorContains(t, err, "link.yaml:3:58: agents[0].prompt_file: ")
		assert.NotContains(t, err.Error(), "not for the platform")
	}
	_, err = fleet.Load(write("folder.yaml", head+".}"))
	require.ErrorContains(t, err, "is not a regular file")
}

func FuzzParse(f *testing.F) {
	f.Add("fleet: a\nagents:\n- {key: a, title: A, mentor: tutor, schedule: 0 8 * * *, after: a, prompt_file: p}\n", false)
	f.Add(`{"fleet": "a", "agents": [{"key": "a", "title": "A", "mentor": 7, "schedule": {"hour": 8}}]}`, true)
	f.Add("a: &a [*a]\n<<: *a\n", false)
	f.Fuzz(func(t *testing.T, text string, isJSON bool) {
		name := "f.yaml"
		if isJSON {
			name = "f.json"
		}
		parsed, err := fleet.Parse(name, []byte(text), fstest.MapFS{"p": {Data: []byte("Hello.")}})
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, name+":") && !strings.HasPrefix(line, "and ") && !strings.HasPrefix(line, "fleet: ") {
					t.Errorf("no position: %q", line)
				}
			}
			return
		}
		require.NoError(t, parsed.Validate())
	})
}
