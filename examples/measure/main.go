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
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/sim/net/measure"
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
	err := measurement(ctx, args, stdout, stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errInput), errors.Is(err, network.ErrChoice), errors.Is(err, measure.ErrSpec):
		fmt.Fprintln(stderr, "measure:", oneLine(err))
		return 2
	}
	fmt.Fprintln(stderr, "measure:", oneLine(err))
	return 1
}

// errInput marks the caller's mistakes.
var errInput = errors.New("bad input")

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

func measurement(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
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
