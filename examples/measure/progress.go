package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// newProgress returns what to report the number of blocks done to, and what to call when
// no more comes: a bar with rate and time left if w is a terminal, else nothing.
func newProgress(w io.Writer, total int64) (report func(done int64), end func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int64) {}, func() {}
	}
	bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("blocks"), progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	// A bar that cannot be drawn is no reason to stop.
	return func(done int64) { _ = bar.Set64(done) }, func() { _ = bar.Clear() }
}
