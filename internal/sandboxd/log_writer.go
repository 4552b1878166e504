package sandboxd

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// maxLogLines is the number of lines that wait to be written.
	maxLogLines = 1000
	// logFlushTimeout limits how long Close waits for them.
	logFlushTimeout = time.Second
)

// A LogWriter writes lines to another writer without waiting for it: a pipe that
// nobody reads must not stop the server. If too many lines wait, it drops further
// ones, and writes how many they were.
type LogWriter struct {
	writer io.Writer
	lines  chan []byte
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	dropped int
	closed  bool
}

// NewLogWriter returns a writer for a log. It must be closed.
func NewLogWriter(w io.Writer) *LogWriter {
	l := &LogWriter{writer: w, lines: make(chan []byte, maxLogLines), done: make(chan struct{})}
	go l.run()
	return l
}

// Write writes a line soon, or drops it. It never fails.
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

// Close writes the lines that wait. If that takes longer than a second, it gives up.
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
		_, _ = l.writer.Write(line) // there is nobody to tell
		if n := l.takeDropped(); n > 0 {
			_, _ = fmt.Fprintf(l.writer, "%d lines of the log were dropped, since they were not read fast enough\n", n)
		}
	}
}

// takeDropped returns the number of dropped lines if no line waits, and resets it.
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
