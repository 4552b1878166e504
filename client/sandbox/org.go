package sandbox

import (
	"encoding/json"
	"sync"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// A store holds the state of a sandbox. Its lock guards everything in it.
type store struct {
	sync.RWMutex

	orgs   map[string]*org
	lastID map[string]int64 // by kind of object
}

func newStore() *store { return &store{orgs: map[string]*org{}, lastID: map[string]int64{}} }

// nextID returns the next id of a kind of objects, which all orgs share.
func (s *store) nextID(kind string) int64 {
	s.lastID[kind]++
	return s.lastID[kind]
}

// reserveID returns id, or the next id if it is 0. Later ids are higher, unless that
// would exhaust them.
func (s *store) reserveID(kind string, id int64) int64 {
	if id == 0 {
		return s.nextID(kind)
	}
	if id < 1<<62 {
		s.lastID[kind] = max(s.lastID[kind], id)
	}
	return id
}

// agent returns the agent of any org with an id, nil if there is none.
func (s *store) agent(id int64) *agent {
	for _, o := range s.orgs {
		if a := o.agents.ByID(id); a != nil {
			return a
		}
	}
	return nil
}

// log returns the log of any org with an id, nil if there is none.
func (s *store) log(id int64) *log {
	for _, o := range s.orgs {
		if l := o.logs.ByID(id); l != nil {
			return l
		}
	}
	return nil
}

// addUser adds a user to an org, and the org if there is none.
func (s *store) addUser(a Account) {
	if s.orgs[a.Org] == nil {
		s.orgs[a.Org] = newOrg(a.Org)
	}
	s.orgs[a.Org].usernames[a.Username] = true
}

// An org holds the objects of one platform.
type org struct {
	key          string
	usernames    map[string]bool
	mentors      listing.Table[*mentor]
	mentorByUUID map[string]*mentor
	agents       listing.Table[*agent]
	waiting      map[*agent]bool // due agents whose previous agents are not in the right state
	logs         listing.Table[*log]
	sessions     map[string]*session
	pins         map[pinKey]*pin
}

func newOrg(key string) *org {
	return &org{
		key:          key,
		usernames:    map[string]bool{},
		mentorByUUID: map[string]*mentor{},
		sessions:     map[string]*session{},
		waiting:      map[*agent]bool{},
		pins:         map[pinKey]*pin{},
	}
}

// hasAgent reports whether the org has an agent with an id.
func (o *org) hasAgent(id int64) bool { return o.agents.ByID(id) != nil }

// session returns the session with an id. If no option has added it, it has the
// org's first mentor and no messages.
func (o *org) session(id string) *session {
	if s := o.sessions[id]; s != nil {
		return s
	}
	none := json.RawMessage("[]")
	return &session{SessionID: id, Mentor: o.mentors[0].json, Messages: none, mentor: o.mentors[0], first: none}
}

// A ChatSession is a conversation with a mentor. Users can pin it.
type ChatSession struct {
	// ID is a UUID.
	ID string
	// Username is the user whom the session belongs to, and who alone can pin it. If it
	// is empty, every user can.
	Username string
	// MentorID is the unique id of the mentor. The default is the org's first mentor.
	MentorID string
	// Title is the title of the conversation, which releases since 4.202 show.
	Title string
	// Messages are the messages of the conversation, in order. The sandbox generates
	// ids and times if they are zero.
	Messages []client.ChatMessage
}

// A session is a chat session in its JSON form.
type session struct {
	SessionID string          `json:"session_id"`
	Mentor    json.RawMessage `json:"mentor"`
	Messages  json.RawMessage `json:"messages"`

	username string // empty if it belongs to no user
	mentor   *mentor
	title    *string
	first    json.RawMessage // the first message or none, as the summary has them
}

// summary returns the JSON form of the session in releases that list all sessions.
func (s *session) summary() any {
	type mentorSummary struct {
		UniqueID string `json:"unique_id"`
	}
	return struct {
		SessionID      string          `json:"session_id"`
		MentorUniqueID string          `json:"mentor_unique_id"`
		Mentor         mentorSummary   `json:"mentor"`
		Title          *string         `json:"title"`
		Messages       json.RawMessage `json:"messages"`
	}{s.SessionID, s.mentor.UniqueID, mentorSummary{s.mentor.UniqueID}, s.title, s.first}
}

type pinKey struct{ username, sessionID string }

// A pin is a user's pin of a session in its JSON form.
type pin struct {
	ID        int64  `json:"id"`
	Platform  string `json:"platform"`
	Username  string `json:"username"`
	SessionID string `json:"session_id"`

	session *session
}

// RowID is the pin's id.
func (p *pin) RowID() int64 { return p.ID }
