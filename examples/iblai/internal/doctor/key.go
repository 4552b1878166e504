package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
)

const checkKey = "key"

// platformKey is what keys look like.
var platformKey = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// words are seen before keys in documents and scripts, the SDK's default first.
// The last stands for the key alone.
var words = []string{client.DefaultAuthScheme, "Token", "Bearer", "Api-Key", ""}

// checkKey finds the word before the key that the service accepts.
func (d *doctor) checkKey(ctx context.Context) {
	if d.skipAll(ctx, checkKey) {
		return
	}
	var refusal error
	var refused client.Response
	begin := time.Now()
	for _, word := range words {
		var response client.Response
		c, err := client.New(append(slices.Clip(d.settings), client.WithAuthScheme(word))...)
		if err != nil {
			d.fail(checkKey, 0, err, &response)
			return
		}
		_, err = c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{PageSize: 1}, client.WithResponse(&response))
		if !errors.Is(err, client.ErrUnauthorized) {
			d.client = c
			d.foundWord(word, time.Since(begin), err, &response)
			return
		}
		if word == client.DefaultAuthScheme {
			refusal, refused = err, response // the service says most about its own word
		}
	}
	d.foundRefused(time.Since(begin), refusal, &refused)
}

// foundWord tells which word was accepted. err is how the call went on: only
// the service itself can have accepted a key.
func (d *doctor) foundWord(word string, took time.Duration, err error, response *client.Response) {
	if err != nil && !speaksAPI(response) {
		d.fail(checkKey, took, err, response)
		if d.stopped == "" {
			d.stopped = "it is not known whether the key is accepted"
		}
		return
	}
	found := diagnosis{Found: fmt.Sprintf("accepted after the word %q", word)}
	if word == client.DefaultAuthScheme {
		d.add(ok, checkKey, took, found)
		return
	}
	if word == "" {
		found.Found = "accepted without a word before it"
	}
	found.Meaning = fmt.Sprintf("This deployment refuses it after %q, the SDK's default.", client.DefaultAuthScheme)
	found.Advice = fmt.Sprintf("Give client.New the option client.WithAuthScheme(%q).", word)
	d.add(warning, checkKey, took, found)
}

// foundRefused tells that no word helps.
func (d *doctor) foundRefused(took time.Duration, refusal error, response *client.Response) {
	found := explain(refusal, response)
	found.Details = append(found.Details, "Tried with the words "+strings.Join(words[:len(words)-1], ", ")+", and without one.")
	if !platformKey.MatchString(d.apiKey) {
		found.Meaning += " Platform keys have 64 hex digits; this one has not."
	}
	d.add(failed, checkKey, took, found)
	d.stopped = "the key is refused"
}
