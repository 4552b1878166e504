package main

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Bounds of a seed. They are for mistakes, not for tests of scale.
const (
	maxSeed     = 64 << 20 // bytes
	maxOrgs     = 100
	maxAccounts = 1000 // of an org, as the others
	maxMentors  = 1000
	maxAgents   = 100_000
	maxLogs     = 1_000_000 // of an agent
	maxOutcomes = 1000
	maxText     = 100_000 // characters
	maxRun      = 31 * 24 * time.Hour
	maxSpeed    = 86400
	maxID       = 1<<63 - 1
)

// A seedReader reads a seed from a document.
type seedReader struct {
	document  *document
	seed      *seed
	lastAgent int64 // id of the one that was read last
	seen      map[string]bool
	probes    []probe
}

// readSeed reads a seed. The error tells all that is wrong, with the lines.
func readSeed(from source, text []byte, as format) (*seedReader, error) {
	document, top := parse(from, text, as)
	r := &seedReader{document: document, seed: &seed{speed: 1, random: 1}, seen: map[string]bool{}}
	if top != nil {
		r.read(top)
	}
	if len(document.faults) > 0 {
		r.tryAll()
	}
	return r, document.err()
}

// build makes the sandbox that the seed means. Accounts without a key keep the one
// that they have among kept. The error tells all that the sandbox refuses, with the
// lines.
func (r *seedReader) build(kept []sandbox.Account) (*sandbox.Sandbox, error) {
	r.seed.keepKeys(kept)
	sb, err := r.seed.sandbox()
	if err != nil {
		return nil, r.explain(err)
	}
	r.seed.keepKeys(sb.Accounts()) // made-up keys stay when the sandbox is made anew
	return sb, nil
}

func (r *seedReader) read(v *value) {
	v.object(fields{
		"clock": func(v *value) {
			v.object(fields{
				"start": func(v *value) { r.seed.start = v.time() },
				"speed": func(v *value) { r.seed.speed = v.number(0, maxSpeed) },
			})
		},
		"random_seed": func(v *value) { r.seed.random = uint64(v.whole(0, maxID)) },
		"orgs": func(v *value) {
			v.list(maxOrgs, r.readOrg)
			if len(r.seed.orgs) == 0 {
				v.fault("has no org")
			}
		},
		"faults": func(v *value) { r.seed.faults = readFaults(v) },
	}, "orgs")
}

func (r *seedReader) readOrg(v *value) {
	o := &orgReader{seedReader: r, seedOrg: &seedOrg{}, agentsNamed: map[any][]int64{}, mentorsNamed: map[string][]string{}}
	r.seed.orgs = append(r.seed.orgs, o.seedOrg)
	v.object(fields{
		"key":      func(v *value) { o.key = r.unique(v, "orgs") },
		"accounts": func(v *value) { v.list(maxAccounts, o.readAccount) },
		"mentors":  func(v *value) { v.list(maxMentors, o.readMentor) },
		"agents":   func(v *value) { v.list(maxAgents, o.readAgent) },
	}, "key", "accounts")
	if len(o.accounts) == 0 {
		v.fault("has no account, so nobody could use it")
		return
	}
	o.complete()
}

// unique reads a text that no other may be in the same scope.
func (r *seedReader) unique(v *value, scope string) string {
	text := v.text(maxText)
	if r.seen[scope+" "+text] {
		v.fault("%s is taken already", brief(text))
	}
	r.seen[scope+" "+text] = true
	return text
}

// An orgReader reads what an org has. Its fields may come in any order, so what
// one says of another is looked up at the end.
type orgReader struct {
	*seedReader
	*seedOrg

	agentsNamed  map[any][]int64     // ids by title and id, of those that have been read
	mentorsNamed map[string][]string // unique ids by name and unique id, in the end
	later        []func()
}

func (o *orgReader) readAccount(v *value) {
	a := sandbox.Account{Member: true}
	v.object(fields{
		"username": func(v *value) { a.Username = o.unique(v, o.scope("accounts")) },
		"admin":    func(v *value) { a.Member = !v.boolean() },
		"api_key": func(v *value) {
			a.APIKey = api.NewSecret(v.text(maxText))
			if o.seen["keys "+a.APIKey.Reveal()] {
				v.fault("is the key of another account")
			}
			o.seen["keys "+a.APIKey.Reveal()] = true
		},
	}, "username")
	o.accounts = append(o.accounts, a)
	o.probe(v, func() []sandbox.Option {
		a.Org = o.key
		return []sandbox.Option{sandbox.WithAccount(a)}
	})
}

func (o *orgReader) readMentor(v *value) {
	var m client.Mentor
	v.object(fields{
		"name":        func(v *value) { m.Name = v.text(maxText) },
		"unique_id":   func(v *value) { m.UniqueID = o.unique(v, o.scope("mentors")) },
		"is_featured": func(v *value) { m.IsFeatured = v.boolean() },
	}, "name")
	o.mentors = append(o.mentors, m)
	o.probe(v, func() []sandbox.Option {
		return []sandbox.Option{anybody(), sandbox.WithMentor(anyOrg, m)}
	})
}

// scope is for what must be unique in this org.
func (o *orgReader) scope(of string) string { return fmt.Sprint(len(o.seed.orgs), of) }

// complete fills in what other fields of the org tell.
func (o *orgReader) complete() {
	for i := range o.accounts {
		o.accounts[i].Org = o.key
	}
	if len(o.mentors) == 0 {
		o.mentors = []client.Mentor{{Name: "Study coach"}}
	}
	for i := range o.mentors {
		if m := &o.mentors[i]; m.UniqueID == "" {
			m.UniqueID = madeUpID(o.key, m.Name, i)
		}
		for _, name := range []string{o.mentors[i].Name, o.mentors[i].UniqueID} {
			o.mentorsNamed[name] = append(o.mentorsNamed[name], o.mentors[i].UniqueID)
		}
	}
	for _, f := range o.later {
		f()
	}
}

// madeUpID is a UUID that is the same whenever the seed is read.
func madeUpID(org, name string, i int) string {
	id := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", org, name, i))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: made up in a way of one's own
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
}
