package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/perturb-go/perturb/sim"
)

// newProgress returns what to report progress to, in some unit, and what to call when no
// more comes: a bar with rate and time left if w is a terminal, else nothing.
func newProgress(w io.Writer, unit string) (report func(sim.Progress), end func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(sim.Progress) {}, func() {}
	}
	var bar *progressbar.ProgressBar
	report = func(p sim.Progress) {
		if bar == nil {
			bar = progressbar.NewOptions64(p.Total, progressbar.OptionSetWriter(f), progressbar.OptionShowIts(),
				progressbar.OptionSetItsString(unit), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		}
		// A bar that cannot be drawn is no reason to stop.
		_ = bar.Set64(p.Done)
	}
	end = func() {
		if bar != nil {
			_ = bar.Clear()
		}
	}
	return report, end
}
