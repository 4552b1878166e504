package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// inSandbox runs the example in its own sandbox.
func inSandbox(ctx context.Context, r *report) error {
	sb, err := sandbox.Start(sandbox.WithFrozenClock(time.Time{}), sandbox.WithOutcomes(sandbox.Outcome{
		Output:   "Two essays are due on Friday; the lab report can wait.",
		Log:      "Loaded 3 documents.\nAsked the model.\nAnswered in 54 characters.",
		Duration: 4200 * time.Millisecond,
	}))
	if err != nil {
		return err
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		return err
	}
	r.title("A periodic agent, from its schedule to its statistics")
	fmt.Fprintf(r.w, "The platform is a sandbox in this process, at %s.\n", sb.URL)

	r.step("The org has a mentor")
	mentors, err := client.Collect(c.Mentors.All(ctx, nil), 10)
	if err != nil {
		return err
	}
	r.mentors(mentors)

	r.step("A receiver waits for callbacks")
	secret := api.NewSecret(rand.Text())
	receiver, err := listen(ctx, secret)
	if err != nil {
		return err
	}
	defer receiver.close()
	r.facts("address", receiver.url, "secret", secret.String())

	r.step("An agent is created on a schedule")
	created, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: mentors[0].UniqueID,
		Title:  "Morning digest",
		Prompt: new("Summarize what is due this week."),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
		},
		CallbackURL:    new(receiver.url),
		CallbackSecret: new(secret),
	})
	if err != nil {
		return err
	}
	schedule, err := created.Task.Crontab.Fields().Parse()
	if err != nil {
		return err
	}
	facts := []string{"id", fmt.Sprint(created.ID), "title", created.Title, "runs", schedule.Describe()}
	next := schedule.NextN(sb.Now(), 3)
	for _, run := range next {
		facts = append(facts, "next", run.Format("Mon 2 Jan 2006, 15:04 MST"))
	}
	r.facts(facts...)

	r.step("The agent runs at its scheduled time (the sandbox's clock is moved forward), and its result is posted to the receiver")
	if _, err := sb.AdvanceTo(ctx, next[0].Add(time.Minute)); err != nil {
		return err
	}
	event := receiver.received()
	deliveries := slices.Collect(sb.Deliveries())
	if event == nil || len(deliveries) == 0 {
		return fmt.Errorf("no callback arrived: %v", deliveries)
	}
	r.facts(
		"signature", "verified, over the raw body",
		"run", fmt.Sprintf("log %d, %s at %s", event.LogID, event.Status, event.Timestamp.UTC().Format(time.DateTime)),
		"prompt", firstLine(event.Prompt),
		"output", firstLine(event.AgentOutput),
		"response", fmt.Sprintf("%d %s", deliveries[0].StatusCode, http.StatusText(deliveries[0].StatusCode)),
	)

	r.step("A forged callback is refused")
	status, err := receiver.forge(ctx)
	if err != nil {
		return err
	}
	r.facts("response", fmt.Sprintf("%d %s", status, http.StatusText(status)))

	r.step("The run's log")
	logs, err := client.Collect(c.PeriodicAgentLogs.All(ctx, &client.PeriodicAgentLogListParams{PeriodicAgent: created.ID}), 10)
	if err != nil {
		return err
	}
	r.logs(logs)

	r.step("Agents by the status of their latest run")
	statistics, err := c.PeriodicAgents.Statistics(ctx, nil)
	if err != nil {
		return err
	}
	r.statistics(statistics)
	return nil
}

// A receiver receives callbacks on a loopback port.
type receiver struct {
	url    string
	server *http.Server
	events chan *callback.Event
}

func listen(ctx context.Context, secret api.Secret) (*receiver, error) {
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{url: "http://" + listener.Addr().String() + "/runs", events: make(chan *callback.Event, 1)}
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		r.events <- event
		return nil
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/runs", handler)
	r.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	go r.server.Serve(listener) //nolint:errcheck // it returns when close is called
	return r, nil
}

// received returns the event that has arrived, or nil.
func (r *receiver) received() *callback.Event {
	select {
	case event := <-r.events:
		return event
	default:
		return nil
	}
}

// forge sends a callback that is signed with another secret.
func (r *receiver) forge(ctx context.Context) (status int, err error) {
	request, err := callback.NewRequest(ctx, r.url, []byte(`{"status": "success", "log_id": 1}`), api.NewSecret("a secret that someone guessed"))
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func (r *receiver) close() { _ = r.server.Close() }
