// Check measures what SGD does on a toy landscape or a network, and sets the theory beside
// it: plain, continuous and discrete values through each order, with z-scores.
//
//	go run ./examples/check -landscape archimedes
//
// shows in some seconds that SGD climbs the Archimedes landscape, by which law, and that
// continuous time gets it wrong. Run check -h for the flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends even what does not look at the context
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes the program and returns its exit status: 2 for bad input, 1 for any other
// failure.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := check(ctx, args, stdout, stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case isBadInput(err):
		fmt.Fprintln(stderr, "check:", oneLine(err))
		return 2
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(stderr, "check:", oneLine(err))
	return 1
}

func check(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(ctx, args, stdout)
	if err != nil {
		return err
	}
	report, end := newProgress(stderr)
	points, err := o.points(ctx, report)
	end()
	if err != nil {
		return err
	}
	if o.json {
		err = printJSON(stdout, points)
	} else {
		err = printTable(stdout, o, points)
	}
	if err != nil || o.plot == "" {
		return err
	}
	return savePlot(o, points)
}

// errInput marks the caller's mistakes.
var errInput = errors.New("bad input")

// isBadInput reports whether an error is the caller's mistake, as all are that say so in
// the libraries' words, unless the context ended.
func isBadInput(err error) bool {
	for _, cause := range []error{
		errInput, sim.ErrSpec, sim.ErrOptimizer, sim.ErrLandscape, sim.ErrResult, sim.ErrTooLarge,
		embed.ErrTooLarge, tensor.ErrTooLarge, value.ErrOrder, value.ErrObservable, network.ErrChoice,
	} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// maxMessage bounds the bytes of a message, which may quote what it was given.
const maxMessage = 500

// oneLine keeps a message short and on one line.
func oneLine(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
