package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/iblai/iblai-go/client"
)

// findMentor returns the mentor with a unique id, a slug or a name. If there is
// none, it returns a number as the unique id, since releases 3.5x need the
// number of a mentor.
func findMentor(ctx context.Context, c *client.Client, arg string) (*client.Mentor, error) {
	var found []*client.Mentor
	for mentor, err := range c.Mentors.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if mentor.UniqueID == arg {
			return mentor, nil
		}
		if mentor.Slug == arg || mentor.Name == arg {
			found = append(found, mentor)
		}
	}
	switch len(found) {
	case 0:
		if _, err := strconv.ParseUint(arg, 10, 64); err == nil {
			return &client.Mentor{UniqueID: arg}, nil
		}
		return nil, fmt.Errorf("--mentor: no mentor has the unique id, slug or name %q", arg)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("--mentor: %d mentors have the name %q; use a unique id:%s", len(found), arg,
		lines(len(found), func(i int) string { return found[i].UniqueID }))
}

// A mentorNumberError is an error of a release that needs the number of the
// mentor.
type mentorNumberError struct {
	err  error
	flag string // the flag that sets the number
}

func (e *mentorNumberError) Error() string { return e.err.Error() }
func (e *mentorNumberError) Unwrap() error { return e.err }

// explainMentor explains the error of a request with a mentor, if releases 3.5x
// respond with such an error to the unique id of the mentor. The mentors of
// these releases have no id.
func explainMentor(err error, mentor *client.Mentor, sent, flag string) error {
	failure, is := errors.AsType[*client.Error](err)
	if is && failure.Field("mentor") != nil && mentor.ID == 0 && mentor.Name != "" && sent == mentor.UniqueID {
		return &mentorNumberError{err, flag}
	}
	return err
}

func (f *agentFlags) explainMentor(err error) error {
	if f.found == nil {
		return err
	}
	return explainMentor(err, f.found, f.found.UniqueID, "--mentor")
}
