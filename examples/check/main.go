// Check measures what SGD does on a toy landscape or a network, and sets the theory beside
// it: plain, continuous and discrete values through each order, with z-scores.
//
//	go run ./examples/check -landscape archimedes
//
// shows in some seconds that SGD climbs the Archimedes landscape, by which law, and that
// continuous time gets it wrong. With -against it is the difference of two optimizers that
// is measured, on the same points, and predicted: of three epochs and one, say (P Corollary
// 4),
//
//	go run ./examples/check -landscape gauss -optimizer 'sgd N=10 E=3 rate=1/3' -against 'sgd N=10' -start 0.5
//
// on any landscape, networks included. Of networks it is also the accuracy that is measured,
// beside the loss. Run check -h for the flags.
package main

import (
	"context"
	"errors"
	"io"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/examples/internal/program"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net/measure"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

func main() { program.Main(run) }

// run executes the program and returns its exit status: 2 for bad input, 1 for any other
// failure.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := check(ctx, args, stdout, stderr)
	bad := isBadInput(err)
	if !bad && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	return program.Status(stderr, "check", err, bad)
}

func check(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(ctx, args, stdout)
	if err != nil {
		return err
	}
	if o.unmeasured {
		report, end := newProgress(stderr, "blocks")
		o.theory, err = newMeasuredTheory(ctx, o.network, o.order, func(done int) {
			report(sim.Progress{Done: int64(done), Total: ownBlocks})
		})
		end()
		if err != nil {
			return err
		}
	}
	report, end := newProgress(stderr, "trials")
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
		measure.ErrSpec,
	} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
