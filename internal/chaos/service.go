package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// service serves logs, posts callbacks, and has the store that the receivers
// share.
type service struct {
	config
	*ledger
	store storeServer

	mu       sync.Mutex
	random   *rand.Rand
	logs     []*run            // sorted by creation
	logsByID map[int64]*run    // the logs that are in the list
	urls     map[string]string // the callback URLs of the receivers
	requests int
}

func newService(c config) *service {
	return &service{
		config: c, ledger: newLedger(c.receivers), store: storeServer{claims: map[string]claim{}},
		random: rand.New(rand.NewPCG(c.seed, 1)), logsByID: map[int64]*run{}, urls: map[string]string{},
	}
}

// begin adds a run that is in progress.
func (s *service) begin(id int64, at time.Time) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &run{id: id, created: at}
	s.add(r)
	s.logsByID[id] = r
	i := len(s.logs)
	for i > 0 && s.logs[i-1].created.After(at) {
		i--
	}
	s.logs = slices.Insert(s.logs, i, r)
	return r
}

func (s *service) end(r *run, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.ended = at
}

// injectFault reports whether to inject a fault that has probability p. It
// returns false if faults are disabled.
func (s *service) injectFault(p float64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults && s.random.Float64() < p
}

func (s *service) intN(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.IntN(n)
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/receiver":
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.urls[r.URL.Query().Get("receiver")] = string(body)
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case strings.HasPrefix(r.URL.Path, "/ledger/"):
		s.ledger.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/store/"):
		s.store.ServeHTTP(w, r)
	default:
		s.api(w, r)
	}
}

func (s *service) api(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	s.mu.Unlock()
	if s.injectFault(0.025) {
		switch s.intN(5) {
		case 0, 1:
			http.Error(w, "<h1>502 Bad Gateway</h1>", http.StatusBadGateway)
		case 2, 3:
			http.Error(w, "default backend - 404", http.StatusNotFound)
		default:
			write(w, http.StatusOK, `{"detail": "maintenance"}`)
		}
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64); err == nil {
		if run := s.logsByID[id]; run != nil {
			write(w, http.StatusOK, run.json())
		} else {
			write(w, http.StatusNotFound, `{"detail": "Not found."}`)
		}
		return
	}
	s.list(w, r)
}

func (s *service) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	logs := s.logs
	if query.Get("status") == "running" {
		logs = nil
		for _, run := range s.logs[max(0, len(s.logs)-5000):] {
			if run.ended.IsZero() {
				logs = append(logs, run)
			}
		}
	}
	size, err := strconv.Atoi(query.Get("page_size"))
	if err != nil || size > s.page {
		size = s.page
	}
	number := 1
	if text := query.Get("page"); text != "" {
		number, _ = strconv.Atoi(text)
	}
	from := (number - 1) * size
	if number < 1 || number > 1 && from >= len(logs) {
		write(w, http.StatusNotFound, `{"detail": "Invalid page."}`)
		return
	}
	to := min(from+size, len(logs))
	results := make([]string, 0, size)
	for i := from; i < to; i++ {
		run := logs[i]
		if query.Get("ordering") != "created_at" {
			run = logs[len(logs)-1-i]
		}
		results = append(results, run.json())
	}
	next := "null"
	if to < len(logs) {
		next = fmt.Sprintf(`"http://inside/?page=%d"`, number+1)
	}
	write(w, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "previous": null, "results": [%s]}`, len(logs), next, strings.Join(results, ",")))
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (r *run) json() string {
	log := map[string]any{"id": r.id, "content": "Answered.", "status": "running", "periodic_agent": 7, "created_at": r.created.UTC(), "start_time": r.created.UTC(), "end_time": nil}
	if !r.ended.IsZero() {
		log["status"], log["end_time"] = "success", r.ended.UTC()
	}
	text, err := json.Marshal(log)
	if err != nil {
		panic(err)
	}
	return string(text)
}
