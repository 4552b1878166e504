package command

import (
	"fmt"
	"strings"
)

const progressWidth = 30

// showProgress draws a progress bar on stderr, if stderr is a terminal. It
// replaces the bar that was drawn before.
func (a *app) showProgress(percent int, text string) {
	if !a.Progress {
		return
	}
	done := progressWidth * percent / 100
	fmt.Fprintf(a.Stderr, "\r[%s%s] %3d%%  %s", strings.Repeat("#", done), strings.Repeat(".", progressWidth-done), percent, text)
}

// clearProgress removes the progress bar.
func (a *app) clearProgress() {
	if a.Progress {
		fmt.Fprint(a.Stderr, "\r\x1b[K")
	}
}
