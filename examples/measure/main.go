// Measure measures the plain values of diagrams on a network: what the theory needs to know
// of a landscape to predict what SGD does there.
//
//	go run ./examples/measure -model convnet -data synthetic -init 0 -order 3 -o stats.json
//
// writes them to stats.json, which `expand predict` and `check -statistics` read, and
// prints a table. Run measure -h for the flags; README.md has the form of the file, and
// how to write one with PyTorch.
package main

import (
	"context"
	"errors"
	"io"

	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/examples/internal/program"
	"github.com/perturb-go/perturb/sim/net/measure"
)

func main() { program.Main(run) }

// run executes the program and returns its exit status: 2 for bad input, 1 for any other
// failure.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := measurement(ctx, args, stdout, stderr)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	bad := errors.Is(err, errInput) || errors.Is(err, network.ErrChoice) || errors.Is(err, measure.ErrSpec)
	return program.Status(stderr, "measure", err, bad)
}

// errInput marks the caller's mistakes.
var errInput = errors.New("bad input")

func measurement(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(ctx, args, stdout)
	if err != nil {
		return err
	}
	report, end := newProgress(stderr, int64(o.blocks))
	result, err := o.measure(ctx, report)
	end()
	if err != nil {
		return err
	}
	if err := o.write(result); err != nil {
		return err
	}
	return printTable(stdout, o, result)
}
