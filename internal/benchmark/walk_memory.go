package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// residentLimitMB is the limit of resident memory, whatever the length of the
// list.
const residentLimitMB = 25

// walkMemory measures the resident memory of an iteration over many logs. The
// program walk iterates; this one serves the pages.
type walkMemory struct{ logs int }

func walking(context.Context) ([]measurable, error) {
	return []measurable{walkMemory{logs: 1_000_000}}, nil
}

// Measure iterates once: the memory is the same every time.
func (w walkMemory) Measure(ctx context.Context, _ measure.Settings) ([]measure.Row, error) {
	row := measure.Row{Work: fmt.Sprintf("iterate over %d logs, 1 KB each", w.logs), Who: "All, over HTTP"}
	if runtime.GOOS != "linux" {
		row.Ratio = "measured on Linux only"
		return []measure.Row{row}, nil
	}
	peakMB, err := w.peakMB(ctx)
	if err != nil {
		return nil, err
	}
	row.Ratio = fmt.Sprintf("%.1f MB resident at most", peakMB)
	row.AddTarget(fmt.Sprintf("≤ %d MB", residentLimitMB), peakMB <= residentLimitMB)
	return []measure.Row{row}, nil
}

func (w walkMemory) peakMB(ctx context.Context) (float64, error) {
	server := httptest.NewServer(servePages(fixture.NewLogPages(w.logs, 100, 1000)))
	defer server.Close()
	var walked struct{ Logs, PeakKB int }
	if err := runProgram(ctx, &walked, "./walk", server.URL); err != nil {
		return 0, err
	}
	if walked.Logs != w.logs {
		return 0, fmt.Errorf("walk: %d logs instead of %d", walked.Logs, w.logs)
	}
	return float64(walked.PeakKB) / 1024, nil
}

func servePages(pages fixture.LogPages) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out bytes.Buffer
		pages.Write(&out, pageNumber(r))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(out.Bytes()) // the client reports a lost connection
	}
}
