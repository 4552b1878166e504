package sandboxd

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// maxLogLines is the maximum number of buffered lines.
	maxLogLines = 1000
	// logFlushTimeout limits how long Close waits for the buffered lines.
	logFlushTimeout = time.Second
)

// A LogWriter buffers lines and writes them to another writer in the
// background, so that a pipe without a reader doesn't block the server. If the
// buffer is full, it drops new lines, and later writes how many it dropped.
type LogWriter struct {
	writer io.Writer
	lines  chan []byte
	done   chan struct{}

	mu      sync.Mutex // guards the fields below
	dropped int
	closed  bool
}

// NewLogWriter returns a LogWriter that writes to w. It must be closed.
func NewLogWriter(w io.Writer) *LogWriter {
	l := &LogWriter{writer: w, lines: make(chan []byte, maxLogLines), done: make(chan struct{})}
	go l.run()
	return l
}

// Write buffers a line, or drops it if the buffer is full. It never fails.
func (l *LogWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(line), nil
	}
	select {
	case l.lines <- append([]byte(nil), line...):
	default:
		l.dropped++
	}
	return len(line), nil
}

// Close writes the buffered lines. It gives up after a second.
func (l *LogWriter) Close() {
	l.mu.Lock()
	wasClosed := l.closed
	l.closed = true
	l.mu.Unlock()
	if !wasClosed {
		close(l.lines)
	}
	select {
	case <-l.done:
	case <-time.After(logFlushTimeout):
	}
}

func (l *LogWriter) run() {
	defer close(l.done)
	for line := range l.lines {
		_, _ = l.writer.Write(line) // a log has nowhere to report its own errors
		if n := l.takeDropped(); n > 0 {
			_, _ = fmt.Fprintf(l.writer, "%d log lines were dropped because the log was not read fast enough\n", n)
		}
	}
}

// takeDropped returns and resets the number of dropped lines. It returns 0
// while lines are buffered.
func (l *LogWriter) takeDropped() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) > 0 {
		return 0
	}
	n := l.dropped
	l.dropped = 0
	return n
}
