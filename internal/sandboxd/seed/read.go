package seed

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// Limits of a seed. They catch mistakes, and leave room for load tests.
const (
	MaxSize     = 64 << 20 // bytes
	MaxSpeed    = 86400
	MaxLogDelay = maxRun
	maxOrgs     = 100
	maxAccounts = 1000      // per org
	maxMentors  = 1000      // per org
	maxAgents   = 100_000   // per org
	maxLogs     = 1_000_000 // per agent, and per org beside those
	maxOutcomes = 1000      // per agent
	maxSessions = 10_000    // per org
	maxMessages = 1000      // per session
	maxText     = 100_000   // characters
	maxName     = 255
	maxRun      = 31 * 24 * time.Hour
)

// defaultMentor is the name of the mentor of an org for which none is listed.
const defaultMentor = "Study coach"

// ReadFile reads a seed from a file: as JSON if the name ends in .json, and as
// YAML otherwise. The error lists all errors of the file, with line numbers.
func ReadFile(name string) (*Seed, error) {
	text, format, err := load(name)
	if err != nil {
		return nil, err
	}
	return Read(document.File(name), text, format)
}

func load(name string) (text []byte, format document.Format, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	text, err = io.ReadAll(io.LimitReader(file, MaxSize+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(text) > MaxSize:
		return nil, 0, fmt.Errorf("%s is longer than %d bytes", name, MaxSize)
	case strings.EqualFold(filepath.Ext(name), ".json"):
		return text, document.JSON, nil
	default:
		return text, document.YAML, nil
	}
}

// Read reads a seed. The error lists all errors of the text, with line numbers.
func Read(source document.Source, text []byte, format document.Format) (*Seed, error) {
	d, root := document.Parse(source, text, format)
	r := newReader(d, nil)
	if root != nil {
		r.read(root)
	}
	if d.Err() != nil {
		r.seed.checkParts()
	}
	return r.seed, d.Err()
}

// A reader reads a seed from a document.
type reader struct {
	seed      *Seed
	existing  *sandbox.Sandbox // to which the seed's orgs are added; nil for a new one
	lastAgent int64            // id of the latest agent
	seen      map[string]bool
}

func newReader(d *document.Document, existing *sandbox.Sandbox) *reader {
	return &reader{
		seed:     &Seed{Speed: 1, random: 1, release: sandbox.Release4205, beat: sandbox.Beat29, document: d},
		existing: existing,
		seen:     map[string]bool{},
	}
}

func (r *reader) read(v *document.Value) {
	v.Object(document.Fields{
		"clock": func(v *document.Value) {
			v.Object(document.Fields{
				"start": func(v *document.Value) { r.seed.Start = v.Time() },
				"speed": func(v *document.Value) { r.seed.Speed = v.Float(0, MaxSpeed) },
			})
		},
		"random_seed": func(v *document.Value) { r.seed.random = uint64(v.Int(0, math.MaxInt64)) },
		"release":     func(v *document.Value) { r.seed.release = sandbox.Release(v.OneOf(releases...)) },
		"beat":        func(v *document.Value) { r.seed.beat = sandbox.Beat(v.OneOf(beats...)) },
		"log_delay":   func(v *document.Value) { r.seed.logDelay = v.Duration(MaxLogDelay) },
		"orgs":        r.readOrgs,
		"faults":      func(v *document.Value) { r.seed.Faults = ReadFaults(v) },
	}, "orgs")
}

func (r *reader) readOrgs(v *document.Value) {
	v.List(maxOrgs, r.readOrg)
	if len(r.seed.orgs) == 0 {
		v.Errorf("has no org")
	}
}

func (r *reader) readOrg(v *document.Value) {
	o := &orgReader{reader: r, org: &org{}, agentsByName: map[any][]namedAgent{}, mentorIDs: map[string][]string{}, usernames: map[string]bool{}}
	r.seed.orgs = append(r.seed.orgs, o.org)
	required := []string{"key", "accounts"}
	if r.existing != nil {
		required = []string{"key"}
	}
	v.Object(document.Fields{
		"key":      func(v *document.Value) { o.key = r.unique(v, readName(v), "orgs") },
		"accounts": func(v *document.Value) { v.List(maxAccounts, o.readAccount) },
		"mentors":  func(v *document.Value) { v.List(maxMentors, o.readMentor) },
		"agents":   func(v *document.Value) { v.List(maxAgents, o.readAgent) },
		"logs":     func(v *document.Value) { v.List(maxLogs, o.readOrgLog) },
		"sessions": func(v *document.Value) { v.List(maxSessions, o.readSession) },
	}, required...)
	isNew := !o.exists()
	if len(o.accounts) == 0 && isNew {
		v.Errorf("has no account, so nobody can use it")
		return
	}
	if r.existing != nil {
		o.addExisting(isNew)
	}
	o.complete(isNew)
}

// readName reads the key of an org, or the name of a user or mentor.
func readName(v *document.Value) string {
	text := v.Text(maxName)
	switch {
	case v.Invalid():
	case strings.TrimSpace(text) != text:
		v.Errorf("%s begins or ends with a space", document.Quote(text))
	case strings.ContainsFunc(text, unicode.IsControl):
		v.Errorf("%s has a control character", document.Quote(text))
	}
	return text
}

// unique checks that a string is unique in a scope.
func (r *reader) unique(v *document.Value, text, scope string) string {
	if r.seen[scope+" "+text] {
		v.Errorf("%s is already taken", document.Quote(text))
	}
	r.seen[scope+" "+text] = true
	return text
}

// An orgReader reads an org. References are resolved at the end, since the
// fields may be in any order.
type orgReader struct {
	*reader
	*org

	agentsByName    map[any][]namedAgent // by title and by id
	mentorIDs       map[string][]string  // unique ids by name and by unique id
	usernames       map[string]bool
	existingMentors int
	compare         []func() // with what exists
	resolve         []func()
}

func (o *orgReader) readAccount(v *document.Value) {
	a := sandbox.Account{Member: true}
	v.Object(document.Fields{
		"username": func(v *document.Value) {
			a.Username = o.unique(v, readName(v), o.scope("accounts"))
			o.refuseExisting(v, func() bool { return o.usernames[a.Username] })
		},
		"admin": func(v *document.Value) { a.Member = !v.Bool() },
		"api_key": func(v *document.Value) {
			a.APIKey = api.NewSecret(v.Text(maxText))
			if o.seen["keys "+a.APIKey.Reveal()] {
				v.Errorf("is the key of another account")
			}
			o.seen["keys "+a.APIKey.Reveal()] = true
		},
	}, "username")
	o.accounts = append(o.accounts, a)
	complete := func() sandbox.Account {
		a.Org = o.key
		return a
	}
	o.addPart(part{
		value: v, kind: accountPart,
		options: func() []sandbox.Option { return []sandbox.Option{sandbox.WithAccount(complete())} },
		add:     func(s *Sandbox, added *Added) error { return added.account(s.AddAccount(complete())) },
	})
}

func (o *orgReader) readMentor(v *document.Value) {
	var m client.Mentor
	v.Object(document.Fields{
		"name": func(v *document.Value) { m.Name = readName(v) },
		"unique_id": func(v *document.Value) {
			m.UniqueID = o.unique(v, v.Text(maxText), o.scope("mentors"))
			o.refuseExisting(v, func() bool { return len(o.mentorIDs[m.UniqueID]) > 0 })
		},
		"is_featured": func(v *document.Value) { m.IsFeatured = v.Bool() },
	}, "name")
	o.mentors = append(o.mentors, m)
	i := len(o.mentors) - 1
	o.addPart(part{
		value: v, kind: mentorPart,
		options: func() []sandbox.Option { return []sandbox.Option{anyAccount(), sandbox.WithMentor(anyOrg, m)} },
		add:     func(s *Sandbox, added *Added) error { return added.mentor(s.AddMentor(o.key, o.mentors[i])) },
	})
}

// scope returns the name of a scope that is separate for each org.
func (o *orgReader) scope(name string) string { return fmt.Sprint(len(o.seed.orgs), name) }

// complete sets defaults and resolves references.
func (o *orgReader) complete(isNew bool) {
	for _, f := range o.compare {
		f()
	}
	for i := range o.accounts {
		o.accounts[i].Org = o.key
		o.usernames[o.accounts[i].Username] = true
	}
	if len(o.mentors) == 0 && isNew && o.existing == nil {
		o.mentors = []client.Mentor{{Name: defaultMentor}}
	}
	for i := range o.mentors {
		m := &o.mentors[i]
		if m.UniqueID == "" {
			m.UniqueID = generateID(o.key, m.Name, o.existingMentors+i)
		}
		for _, name := range []string{m.Name, m.UniqueID} {
			o.mentorIDs[name] = append(o.mentorIDs[name], m.UniqueID)
		}
	}
	for _, f := range o.resolve {
		f()
	}
}

// generateID returns a UUID that depends only on its arguments.
func generateID(org, name string, i int) string {
	id := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", org, name, i))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: vendor-specific
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
}
