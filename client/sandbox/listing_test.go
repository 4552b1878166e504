package sandbox_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A listedPage is a page of logs.
type listedPage struct {
	Count   int `json:"count"`
	Results []struct {
		ID int64 `json:"id"`
	} `json:"results"`
}

func (l listedPage) ids() []int64 {
	ids := []int64{}
	for _, result := range l.Results {
		ids = append(ids, result.ID)
	}
	return ids
}

// listLogs returns a page of logs, without a server.
func listLogs(t testing.TB, sb *sandbox.Sandbox, query url.Values) listedPage {
	t.Helper()
	recorder := httptest.NewRecorder()
	sb.ServeHTTP(recorder, newRequest(http.MethodGet, userPath+"periodic-agent-logs/", query.Encode()))
	require.Equal(t, http.StatusOK, recorder.Code, recorder.Body)
	var page listedPage
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &page))
	return page
}

// logFields compare logs as the service sorts them.
var logFields = map[string]func(a, b client.PeriodicAgentLog) int{
	"id":             func(a, b client.PeriodicAgentLog) int { return cmp.Compare(a.ID, b.ID) },
	"content":        func(a, b client.PeriodicAgentLog) int { return cmp.Compare(a.Content, b.Content) },
	"status":         func(a, b client.PeriodicAgentLog) int { return cmp.Compare(a.Status, b.Status) },
	"start_time":     func(a, b client.PeriodicAgentLog) int { return a.StartTime.Compare(b.StartTime.Time) },
	"created_at":     func(a, b client.PeriodicAgentLog) int { return a.CreatedAt.Compare(b.CreatedAt.Time) },
	"modified_at":    func(a, b client.PeriodicAgentLog) int { return a.ModifiedAt.Compare(b.ModifiedAt.Time) },
	"periodic_agent": func(a, b client.PeriodicAgentLog) int { return cmp.Compare(a.PeriodicAgent, b.PeriodicAgent) },
	"end_time": func(a, b client.PeriodicAgentLog) int {
		never := start.AddDate(1000, 0, 0)
		endOf := func(log client.PeriodicAgentLog) client.Time {
			return *cmp.Or(log.EndTime, new(client.Time{Time: never}))
		}
		return endOf(a).Compare(endOf(b).Time)
	},
}

// randomLogs returns logs with few different values, so that many are equal.
// Chronological logs were created in the order of their ids.
func randomLogs(random *rand.Rand, count int, chronological bool) []client.PeriodicAgentLog {
	moment := func() client.Time {
		return client.Time{Time: start.Add(time.Duration(random.IntN(count/3)) * time.Minute)}
	}
	logs := make([]client.PeriodicAgentLog, count)
	created := start
	for i := range logs {
		created = created.Add(time.Duration(random.IntN(2)) * time.Second)
		logs[i] = client.PeriodicAgentLog{
			ID:            int64(3*i + 1),
			Content:       strings.Repeat("z", random.IntN(3)) + fmt.Sprint(random.IntN(9)),
			Status:        []api.Status{"success", "error", "running"}[random.IntN(3)],
			StartTime:     moment(),
			CreatedAt:     moment(),
			ModifiedAt:    moment(),
			PeriodicAgent: int64(random.IntN(4) + 1),
		}
		if chronological {
			logs[i].CreatedAt = client.Time{Time: created}
		}
		if logs[i].Status != api.StatusRunning {
			logs[i].EndTime = new(client.Time{Time: logs[i].StartTime.Add(time.Duration(random.IntN(3)) * time.Hour)})
		}
	}
	return logs
}

// TestPagesOfSortedList compares pages with those of the whole list, filtered and
// sorted by the test.
func TestPagesOfSortedList(t *testing.T) {
	t.Parallel()
	for _, chronological := range []bool{true, false} {
		for count, pages := range map[int]int{3: 100, 40: 300, 3000: 100, 40_000: 4} {
			random := rand.New(rand.NewPCG(uint64(count), 1))
			logs := randomLogs(random, count, chronological)
			shuffled := slices.Clone(logs)
			random.Shuffle(count, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			sb, err := sandbox.New(withTestAccount(), withTestClock(), sandbox.WithPageSize(10, 10_000),
				sandbox.WithPeriodicAgent("acme", digest(), digest(), digest(), digest()),
				sandbox.WithPeriodicAgentLog("acme", shuffled...))
			require.NoError(t, err)
			t.Cleanup(sb.Close)
			for range pages {
				requireSorted(t, sb, logs, random)
			}
		}
	}
}

// requireSorted requests a random page of a random selection in a random order.
func requireSorted(t *testing.T, sb *sandbox.Sandbox, logs []client.PeriodicAgentLog, random *rand.Rand) {
	t.Helper()
	query := url.Values{}
	if random.IntN(3) == 0 {
		query.Set("status", "error")
		logs = slices.DeleteFunc(slices.Clone(logs), func(log client.PeriodicAgentLog) bool { return log.Status != "error" })
	}
	names := slices.Sorted(maps.Keys(logFields))
	var ordering []string
	for range 1 + random.IntN(3) {
		ordering = append(ordering, []string{"", "-"}[random.IntN(2)]+names[random.IntN(len(names))])
	}
	query.Set("ordering", strings.Join(ordering, ","))
	sorted := slices.Clone(logs)
	slices.SortStableFunc(sorted, func(a, b client.PeriodicAgentLog) int {
		for _, name := range ordering {
			name, descending := strings.CutPrefix(name, "-")
			order := logFields[name](a, b)
			if descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})

	size := 1 + random.IntN([]int{3, 3, 100, 1000, 4000}[random.IntN(5)])
	pages := max(1, (len(sorted)+size-1)/size)
	number := 1 + random.IntN(pages)
	query.Set("page_size", fmt.Sprint(size))
	query.Set("page", fmt.Sprint(number))
	if random.IntN(4) == 0 {
		number = pages
		query.Set("page", "last")
	}
	want := []int64{}
	for _, log := range sorted[(number-1)*size : min(number*size, len(sorted))] {
		want = append(want, log.ID)
	}
	got := listLogs(t, sb, query)
	require.Equal(t, len(sorted), got.Count, query)
	require.Equal(t, want, got.ids(), query)
}

func TestFiltersKeepOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 3))
	logs := randomLogs(random, 40_000, true)
	requests := slices.Repeat([]client.PeriodicAgentCreateRequest{titled("zz9")}, 4)
	requests[1].Title = "Other"
	sb, err := sandbox.New(withTestAccount(), withTestClock(), sandbox.WithPageSize(10, 100_000),
		sandbox.WithPeriodicAgent("acme", requests...), sandbox.WithPeriodicAgentLog("acme", logs...))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	for query, match := range map[string]func(client.PeriodicAgentLog) bool{
		"status=error": func(log client.PeriodicAgentLog) bool { return log.Status == "error" },
		"search=Z8":    func(log client.PeriodicAgentLog) bool { return strings.Contains(log.Content, "z8") },
		"search=Z9": func(log client.PeriodicAgentLog) bool {
			return log.PeriodicAgent != 2 || strings.Contains(log.Content, "z9")
		},
		"search=other,zz7": func(log client.PeriodicAgentLog) bool { return log.PeriodicAgent == 2 && log.Content == "zz7" },
		"search=nowhere":   func(client.PeriodicAgentLog) bool { return false },
	} {
		want := []int64{}
		for _, log := range logs {
			if match(log) {
				want = append(want, log.ID)
			}
		}
		values, err := url.ParseQuery(query + "&ordering=id&page_size=100000")
		require.NoError(t, err)
		got := listLogs(t, sb, values)
		assert.Equal(t, len(want), got.Count, query)
		assert.True(t, slices.Equal(want, got.ids()), query)
	}
}

// TestSearchIgnoresCase has letters whose upper and lower case differ in length,
// and letters of other alphabets.
func TestSearchIgnoresCase(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 5))
	alphabet := []string{"a", "A", "b", "k", "K", "\u212a", "i", "I", "\u0130", "\u0131", "s", "S", "\u017f", "ß", "\u1e9e", "ü", "Ü", "7", "\ufffd"}
	text := func(longest int) string {
		var b strings.Builder
		for range random.IntN(longest + 1) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	logs := make([]client.PeriodicAgentLog, 300)
	for i := range logs {
		logs[i] = client.PeriodicAgentLog{ID: int64(i + 1), PeriodicAgent: 1, Content: text(9)}
	}
	sb, err := sandbox.New(withTestAccount(), sandbox.WithPageSize(10, len(logs)), sandbox.WithPeriodicAgent("acme", titled("-")), sandbox.WithPeriodicAgentLog("acme", logs...))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	found := 0
	for range 300 {
		word := text(3)
		want := []int64{}
		for _, log := range logs {
			if strings.Contains(strings.ToLower(log.Content), strings.ToLower(word)) {
				want = append(want, log.ID)
			}
		}
		got := listLogs(t, sb, url.Values{"search": {word}, "ordering": {"id"}, "page_size": {fmt.Sprint(len(logs))}})
		require.Equal(t, want, got.ids(), "%q", word)
		found += len(want)
	}
	assert.NotZero(t, found)
}

// A run may start before the time at which a log of a past run was created.
func TestSortNewRunsAmongPastRuns(t *testing.T) {
	t.Parallel()
	log := func(hour int) client.PeriodicAgentLog {
		return client.PeriodicAgentLog{PeriodicAgent: 1, StartTime: at(hour, 0)}
	}
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()),
		sandbox.WithPeriodicAgentLog("acme", log(7), log(8), log(8), log(10), log(11), log(12)))
	assert.Equal(t, "654231", ids(t, get(t, server, "periodic-agent-logs/?ordering=-created_at")))
	runNow(t, server, 1, sandbox.Outcome{}) // at 9:00
	assert.Equal(t, "6547231", ids(t, get(t, server, "periodic-agent-logs/?ordering=-created_at")))
	assert.Equal(t, "7", ids(t, get(t, server, "periodic-agent-logs/?ordering=created_at&page_size=1&page=4")))
}

func TestNullSortsLast(t *testing.T) {
	t.Parallel()
	requests := []client.PeriodicAgentCreateRequest{digest(), digest(), digest(), digest()}
	requests[1].ParentMentorID, requests[3].ParentMentorID = client.Value(int64(5)), client.Value(int64(3))
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", requests...))
	assert.Equal(t, "4213", ids(t, get(t, server, "periodic-agents/?ordering=parent_mentor_id")))
	assert.Equal(t, "1324", ids(t, get(t, server, "periodic-agents/?ordering=-parent_mentor_id")))
}

func TestListDuringRuns(t *testing.T) {
	t.Parallel()
	logs := randomLogs(rand.New(rand.NewPCG(6, 7)), 40_000, true)
	sb, err := sandbox.New(withTestAccount(), withTestClock(),
		sandbox.WithPeriodicAgent("acme", digest(), digest(), digest(), digest()), sandbox.WithPeriodicAgentLog("acme", logs...))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	var running sync.WaitGroup
	running.Go(func() {
		runs, err := sb.Advance(t.Context(), 10*24*time.Hour)
		assert.NoError(t, err)
		assert.Equal(t, 4*10, runs)
	})
	for range 10 {
		for _, query := range []url.Values{
			{"search": {"z8,digest"}, "ordering": {"-content"}},
			{"ordering": {"-created_at"}, "page": {"last"}},
			{"ordering": {"periodic_agent,-start_time"}, "username": {"ada"}},
		} {
			assert.NotZero(t, listLogs(t, sb, query).Count)
		}
	}
	running.Wait()
	assert.Equal(t, len(logs)+4*10, listLogs(t, sb, url.Values{}).Count)
}
