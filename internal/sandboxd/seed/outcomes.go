package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// scripts are the outcomes that are listed for agents. The runs of an agent have its
// outcomes in turn. If none are listed, outcomes are generated.
type scripts struct {
	random uint64

	mu       sync.Mutex                  // guards the fields below
	outcomes map[int64][]sandbox.Outcome // by agent
	runs     map[int64]int               // by agent
}

func (s *Seed) newScripts() *scripts {
	listed := &scripts{random: s.random, outcomes: map[int64][]sandbox.Outcome{}, runs: map[int64]int{}}
	for _, o := range s.orgs {
		for _, a := range o.agents {
			if len(a.outcomes) > 0 {
				listed.outcomes[a.id] = a.outcomes
			}
		}
	}
	return listed
}

// outcome returns the outcome of a run.
func (s *scripts) outcome(_ context.Context, run sandbox.Run) sandbox.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	script := s.outcomes[run.AgentID]
	if len(script) == 0 {
		return generateOutcome(s.random, run)
	}
	turn := s.runs[run.AgentID] % len(script)
	s.runs[run.AgentID]++
	return script[turn]
}

// generateOutcome returns a plausible outcome, which depends only on the seed
// and the run.
func generateOutcome(seed uint64, run sandbox.Run) sandbox.Outcome {
	random := rand.New(rand.NewPCG(seed, uint64(run.LogID)))
	outcome := sandbox.Outcome{Duration: 2*time.Second + time.Duration(random.IntN(7000))*time.Millisecond}
	log := []string{
		fmt.Sprintf("Run %d of %q.", run.LogID, run.Title),
		fmt.Sprintf("Read %d documents.", 1+random.IntN(9)),
		fmt.Sprintf("Sent %d characters to the model.", len([]rune(run.Prompt))),
	}
	const failureRate = 12
	if random.IntN(failureRate) == 0 {
		outcome.Status = api.StatusError
		outcome.Log = strings.Join(append(log, pick(random, failures)), "\n")
		return outcome
	}
	outcome.Output = pick(random, openings) + " " + pick(random, findings) + " " + pick(random, advice)
	log = append(log, fmt.Sprintf("Received %d characters.", len([]rune(outcome.Output))))
	outcome.Log = strings.Join(log, "\n")
	return outcome
}

func pick(random *rand.Rand, texts []string) string { return texts[random.IntN(len(texts))] }

var (
	openings = []string{"Good morning!", "Here is the latest.", "In short:", "A calm day so far."}
	findings = []string{
		"Two essays are due on Friday, and one lab report is late.",
		"Seven learners have finished the unit; three have not begun.",
		"The forum has four unanswered questions.",
		"Nothing new has come in since the last run.",
		"Most questions are about the second assignment.",
	}
	advice = []string{
		"A short reminder would help.",
		"No need to do anything now.",
		"Have a look at the questions first.",
		"Consider a review session this week.",
	}
	failures = []string{
		"The model did not respond within 60 seconds.",
		"The model rejected the request: too many requests. Gave up after 3 attempts.",
		"Document 2 could not be read: it has no text.",
	}
)
