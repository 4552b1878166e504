package fleet

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/internal/document"
)

// maxFile limits the size of a fleet's file in bytes.
const maxFile = 1 << 20

// Load reads a fleet from a file, and its prompts from files in the same folder
// or below. The errors are those of [Parse].
func Load(path string) (*Fleet, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	defer func() { _ = root.Close() }() // nothing was written
	// Not through the root: the file itself may be a link to another folder.
	text, err := readFile(os.DirFS(filepath.Dir(path)), filepath.Base(path), maxFile)
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	return Parse(path, text, root.FS())
}

// Parse parses the text of a fleet's file: JSON if its name ends in .json, and
// YAML otherwise. It reads prompts from files, which may be nil if there are
// none. Relative paths of secret files start at the file's folder.
//
// An error has a line for every mistake, with its position:
//
//	fleet.yaml:7:5: agents[0].schedule.hour: …
func Parse(name string, text []byte, files fs.FS) (*Fleet, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("fleet: %s is longer than %d bytes", name, maxFile)
	}
	format := document.YAML
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		format = document.JSON
	}
	parsed, root := document.Parse(document.FileWithColumns(name), text, format)
	p := &parser{folder: filepath.Dir(name), files: files, fields: map[string]*document.Value{}}
	if root != nil {
		p.fleet(root)
		for path, v := range p.fields {
			if v.Invalid() {
				p.fields[path] = nil // it was reported
			}
		}
		p.result.check(time.Now(), p.report)
	}
	if err := parsed.Err(); err != nil {
		return nil, err
	}
	return &p.result, nil
}

type parser struct {
	folder string
	files  fs.FS
	result Fleet
	fields map[string]*document.Value // by path, to report errors at their positions
}

// report adds an error at the value of a field, or at the nearest one around it
// that the document has. It doesn't if decoding that value has failed.
func (p *parser) report(agent int, field, text string) {
	path := field
	if agent >= 0 {
		path = fmt.Sprintf("%d.%s", agent, field)
	}
	for ; ; path = path[:strings.LastIndexByte(path, '.')] {
		if v, ok := p.fields[path]; ok {
			if v != nil {
				v.Errorf("%s", text)
			}
			return
		}
		if !strings.Contains(path, ".") { // it is required, and was reported as absent
			return
		}
	}
}

// record remembers where a field is.
func (p *parser) record(path string, read func(*document.Value)) func(*document.Value) {
	return func(v *document.Value) {
		p.fields[path] = v
		read(v)
	}
}

func (p *parser) fleet(root *document.Value) {
	timezone := ""
	root.Object(document.Fields{
		"fleet":    p.record("fleet", text(&p.result.Name, maxReference)),
		"removed":  p.record("removed", func(v *document.Value) { p.result.Removed = Removed(v.Text(maxReference)) }),
		"timezone": func(v *document.Value) { timezone = timeZone(v) },
		"agents": p.record("agents", func(v *document.Value) {
			v.List(maxAgents, func(v *document.Value) { p.result.Agents = append(p.result.Agents, p.agent(len(p.result.Agents), v)) })
		}),
	}, "fleet", "agents")
	for i := range p.result.Agents {
		if _, ok := p.fields[fmt.Sprintf("%d.timezone", i)]; !ok {
			p.result.Agents[i].TimeZone = timezone
		}
	}
}

// timeZone decodes the name of a time zone.
func timeZone(v *document.Value) string {
	name := v.Text(maxReference)
	if _, err := location(name); err != nil {
		v.Errorf("is not known: %v", err)
		return ""
	}
	return name
}

func text(into *string, longest int) func(*document.Value) {
	return func(v *document.Value) { *into = v.Text(longest) }
}

func (p *parser) agent(i int, v *document.Value) (a Agent) {
	at := func(field string, read func(*document.Value)) func(*document.Value) {
		return p.record(fmt.Sprintf("%d.%s", i, field), read)
	}
	var prompt, promptFile *document.Value
	v.Object(document.Fields{
		"key":         at("key", text(&a.Key, maxReference)),
		"title":       at("title", text(&a.Title, math.MaxInt)),
		"mentor":      at("mentor", func(v *document.Value) { a.Mentor, _, _ = v.TextOrInt("a string or an integer") }),
		"mentor_id":   at("mentor_id", func(v *document.Value) { a.MentorID = v.Int(1, math.MaxInt64) }),
		"description": at("description", text(&a.Description, math.MaxInt)),
		"prompt":      at("prompt", func(v *document.Value) { prompt, a.Prompt = v, v.Text(math.MaxInt) }),
		"prompt_file": func(v *document.Value) { promptFile = v; a.Prompt = p.prompt(v) },
		"schedule":    at("schedule", func(v *document.Value) { a.Schedule = p.schedule(v, at) }),
		"timezone":    at("timezone", func(v *document.Value) { a.TimeZone = timeZone(v) }),
		"after":       at("after", func(v *document.Value) { a.After = after(v) }),
		"callback":    at("callback", func(v *document.Value) { a.Callback = p.callback(v, at) }),
		"enabled":     func(v *document.Value) { a.Disabled = !v.Bool() },
		"one_off":     func(v *document.Value) { a.OneOff = v.Bool() },
	}, "key", "title", "mentor", "schedule")
	if prompt != nil && promptFile != nil {
		promptFile.Errorf("an agent has prompt or prompt_file, not both")
	}
	return a
}

// prompt reads a prompt from a file.
func (p *parser) prompt(v *document.Value) string {
	name := v.Text(maxReference)
	if v.Invalid() {
		return ""
	}
	if p.files == nil || !fs.ValidPath(name) {
		v.Errorf("must be a path below the folder of the fleet, with slashes and without ..")
		return ""
	}
	text, err := readFile(p.files, name, 4*maxPrompt)
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	if err != nil {
		v.Errorf("%s can't be read: %v", document.Quote(name), err)
		return ""
	}
	prompt := trim(string(text))
	p.checkPrompt(v, prompt)
	return prompt
}

// checkPrompt reports the errors of a prompt from a file at its name.
func (p *parser) checkPrompt(v *document.Value, prompt string) {
	(&Agent{Key: "key", Title: "title", Mentor: "mentor", Prompt: prompt}).check(time.Now(), func(field, text string) {
		if field == "prompt" {
			v.Errorf("the prompt %s", text)
		}
	})
}

func (p *parser) schedule(v *document.Value, at func(string, func(*document.Value)) func(*document.Value)) (fields crontab.Fields) {
	if !v.IsObject() {
		line := v.Text(maxReference * 4)
		parts := strings.Fields(line)
		if v.Invalid() {
			return fields
		}
		if len(parts) != 5 {
			v.Errorf("must have five fields: minute hour day_of_month month_of_year day_of_week")
			return fields
		}
		return crontab.Fields{Minute: parts[0], Hour: parts[1], DayOfMonth: parts[2], MonthOfYear: parts[3], DayOfWeek: parts[4]}
	}
	field := func(name crontab.Field, into *string) func(*document.Value) {
		return at("schedule."+string(name), func(v *document.Value) { *into, _, _ = v.TextOrInt("a string or an integer") })
	}
	v.Object(document.Fields{
		string(crontab.Minute):      field(crontab.Minute, &fields.Minute),
		string(crontab.Hour):        field(crontab.Hour, &fields.Hour),
		string(crontab.DayOfMonth):  field(crontab.DayOfMonth, &fields.DayOfMonth),
		string(crontab.MonthOfYear): field(crontab.MonthOfYear, &fields.MonthOfYear),
		string(crontab.DayOfWeek):   field(crontab.DayOfWeek, &fields.DayOfWeek),
	})
	return fields
}

func after(v *document.Value) *After {
	if !v.IsObject() {
		return &After{Key: v.Text(maxReference)}
	}
	a := new(After)
	v.Object(document.Fields{
		"key":    text(&a.Key, maxReference),
		"status": func(v *document.Value) { a.Status = api.Status(v.OneOf(statuses...)) },
	}, "key")
	return a
}

func (p *parser) callback(v *document.Value, at func(string, func(*document.Value)) func(*document.Value)) *Callback {
	c := new(Callback)
	v.Object(document.Fields{
		"url":         at("callback.url", text(&c.URL, math.MaxInt)),
		"secret_env":  at("callback.secret_env", nonEmpty(&c.Env)),
		"secret_file": nonEmpty(&c.File),
	}, "url")
	if c.File != "" && !filepath.IsAbs(c.File) {
		c.File = filepath.Join(p.folder, c.File)
	}
	return c
}

func nonEmpty(into *string) func(*document.Value) {
	return func(v *document.Value) {
		if *into = v.Text(4096); *into == "" && !v.Invalid() {
			v.Errorf("is empty")
		}
	}
}

// readFile reads a regular file of at most maxSize bytes.
func readFile(files fs.FS, name string, maxSize int64) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is not a regular file")}
	}
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err == nil && int64(len(text)) > maxSize {
		err = &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("is longer than %d bytes", maxSize)}
	}
	return text, err
}
