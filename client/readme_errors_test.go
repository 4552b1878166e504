package client_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// documentedErrors returns a scenario for every error that the README and the
// package documentation name.
func documentedErrors() map[string]func(t *testing.T) error {
	heldBack := func(t *testing.T) error {
		c := serving(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = w.Write([]byte(`{"detail": "Request was throttled."}`))
		})
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.ErrorIs(t, err, client.ErrRateLimited)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		_, err = c.PeriodicAgents.Get(ctx, 1)
		require.NotErrorIs(t, err, client.ErrRateLimited)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, client.ErrHeldBack)
		return as[*client.TransportError](t, err)
	}
	return map[string]func(t *testing.T) error{
		"api.ArgumentError": func(t *testing.T) error {
			_, err := responding(t, http.StatusOK, anySuccess).PeriodicAgents.Get(t.Context(), 0)
			return as[*api.ArgumentError](t, err)
		},
		"client.UnrunnableError": func(t *testing.T) error {
			_, err := responding(t, http.StatusOK, anySuccess).PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
				Mentor: "m", Title: "t",
				Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{DayOfMonth: "31", MonthOfYear: "2"}},
			})
			unrunnable, ok := errors.AsType[*client.UnrunnableError](as[*api.ArgumentError](t, err))
			require.True(t, ok)
			assert.NotEmpty(t, unrunnable.Report.Findings)
			return unrunnable
		},
		"client.TransportError": func(t *testing.T) error {
			ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
			defer cancel()
			_, err := responding(t, http.StatusOK, anySuccess).PeriodicAgents.Get(ctx, 1)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			return as[*client.TransportError](t, err)
		},
		"client.RedirectError": func(t *testing.T) error {
			c := serving(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://elsewhere.example.com/", http.StatusFound)
			})
			_, err := c.PeriodicAgents.Get(t.Context(), 1)
			return as[*client.RedirectError](t, as[*client.TransportError](t, err))
		},
		"client.ErrHeldBack": heldBack,
		"client.HeldBackError": func(t *testing.T) error {
			return as[*client.HeldBackError](t, heldBack(t))
		},
		"client.ErrBodyTooLarge": func(t *testing.T) error {
			_, err := responding(t, http.StatusOK, "{\"id\": 1}").PeriodicAgents.Get(t.Context(), 1, client.WithMaxBody(3))
			require.ErrorIs(t, err, client.ErrBodyTooLarge)
			return as[*client.TransportError](t, err)
		},
		"client.DecodeError": func(t *testing.T) error {
			_, err := responding(t, http.StatusOK, "<html>").PeriodicAgents.Get(t.Context(), 1)
			return as[*client.DecodeError](t, err)
		},
		"client.ErrOrderingIgnored": func(t *testing.T) error {
			c := responding(t, http.StatusOK, `{"count": 2, "next": null, "previous": null, "results": [{"id": 2}, {"id": 1}]}`)
			_, err := c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Ordering: client.OrderByID})
			require.ErrorIs(t, err, client.ErrOrderingIgnored)
			return as[*client.DecodeError](t, err)
		},
		"client.PageError": func(t *testing.T) error {
			_, err := client.Collect(responding(t, http.StatusOK, "<html>").PeriodicAgents.All(t.Context(), nil), 10)
			return as[*client.DecodeError](t, as[*client.PageError](t, err))
		},
		"client.ErrTruncated": func(t *testing.T) error {
			c := responding(t, http.StatusOK, `{"count": 2, "next": null, "previous": null, "results": [{"id": 1}, {"id": 2}]}`)
			agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 1)
			assert.Len(t, agents, 1)
			require.ErrorIs(t, err, client.ErrTruncated)
			return err
		},
		"client.Error":           ofStatus(http.StatusTeapot, nil),
		"client.ErrValidation":   ofStatus(http.StatusBadRequest, client.ErrValidation),
		"client.ErrUnauthorized": ofStatus(http.StatusUnauthorized, client.ErrUnauthorized),
		"client.ErrForbidden":    ofStatus(http.StatusForbidden, client.ErrForbidden),
		"client.ErrNotFound":     ofStatus(http.StatusNotFound, client.ErrNotFound),
		"client.ErrNotFromService": func(t *testing.T) error {
			_, err := responding(t, http.StatusNotFound, "default backend - 404").PeriodicAgents.Get(t.Context(), 1)
			require.ErrorIs(t, err, client.ErrNotFromService)
			require.NotErrorIs(t, err, client.ErrNotFound)
			return as[*client.Error](t, err)
		},
		"client.ErrConflict":    ofStatus(http.StatusConflict, client.ErrConflict),
		"client.ErrRateLimited": ofStatus(http.StatusTooManyRequests, client.ErrRateLimited),
		"client.ErrServer":      ofStatus(http.StatusInternalServerError, client.ErrServer),
	}
}

func TestDocumentedErrorsOccur(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(readme), "\n### Errors\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	documentation, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, errorsOfPackage, found := strings.Cut(string(documentation), "\n// # Errors\n")
	require.True(t, found)
	errorsOfPackage, _, _ = strings.Cut(errorsOfPackage, "\n// # ")

	exported := exportedErrors(t)
	for place, text := range map[string]string{"README.md": section, "doc.go": errorsOfPackage} {
		for _, name := range exported {
			_, bare, _ := strings.Cut(name, ".")
			assert.Regexp(t, `\b`+bare+`\b`, text, "%s does not name %s", place, name)
		}
		for _, name := range regexp.MustCompile(`\bErr[A-Z]\w+|\b[A-Z]\w+Error\b`).FindAllString(text, -1) {
			assert.True(t, slices.Contains(exported, "client."+name) || slices.Contains(exported, "api."+name), "%s names %s, which does not exist", place, name)
		}
	}
	for _, name := range exported {
		scenario := documentedErrors()[name]
		if !assert.NotNil(t, scenario, "%s has no scenario", name) {
			continue
		}
		t.Run(name, func(t *testing.T) { require.Error(t, scenario(t)) })
	}
}

// exportedErrors returns the error types and sentinels of packages client and
// api.
func exportedErrors(t *testing.T) []string {
	t.Helper()
	var names []string
	for name, dir := range map[string]string{"client": ".", "api": "api"} {
		packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // no types are needed
		require.NoError(t, err)
		ast.Inspect(packages[name], func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				return false
			case *ast.TypeSpec:
				if node.Name.Name == "Error" || node.Name.IsExported() && strings.HasSuffix(node.Name.Name, "Error") && node.Name.Name != "FieldError" {
					names = append(names, name+"."+node.Name.Name)
				}
			case *ast.ValueSpec:
				for _, variable := range node.Names {
					if strings.HasPrefix(variable.Name, "Err") {
						names = append(names, name+"."+variable.Name)
					}
				}
			}
			return true
		})
	}
	slices.Sort(names)
	require.NotEmpty(t, names)
	return names
}

// ofStatus returns a scenario of an error response, which matches sentinel and
// no other.
func ofStatus(status int, sentinel error) func(t *testing.T) error {
	return func(t *testing.T) error {
		_, err := responding(t, status, `{"detail": "No."}`).PeriodicAgents.Get(t.Context(), 1)
		for _, other := range []error{
			client.ErrValidation, client.ErrUnauthorized, client.ErrForbidden, client.ErrNotFound, client.ErrNotFromService,
			client.ErrConflict, client.ErrRateLimited, client.ErrServer, client.ErrHeldBack, client.ErrTruncated,
		} {
			assert.Equal(t, other == sentinel, errors.Is(err, other), other) //nolint:errorlint // identity is meant
		}
		return as[*client.Error](t, err)
	}
}

// as returns the error of type E in err's tree.
func as[E error](t *testing.T, err error) error {
	t.Helper()
	found, ok := errors.AsType[E](err)
	require.True(t, ok, "%T: %v", err, err)
	return found
}

// responding returns a client of a server with one response, without retries.
func responding(t *testing.T, status int, body string) *client.Client {
	t.Helper()
	return serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

func serving(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := client.New(client.WithAPIKey(testKey), client.WithOrg(testOrg), client.WithUsername(testUser),
		client.WithBaseURL(server.URL), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	return c
}
