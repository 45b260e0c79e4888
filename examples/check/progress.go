package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/perturb-go/perturb/sim"
)

// newProgress returns what to report progress to: a bar with rate and time left if w is a
// terminal, else nothing.
func newProgress(w io.Writer) func(sim.Progress) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(sim.Progress) {}
	}
	var bar *progressbar.ProgressBar
	return func(p sim.Progress) {
		if bar == nil {
			bar = progressbar.NewOptions64(p.Total, progressbar.OptionSetWriter(f), progressbar.OptionShowIts(),
				progressbar.OptionSetItsString("trials"), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
		}
		// A bar that cannot be drawn is no reason to stop.
		_ = bar.Set64(p.Done)
	}
}
