// Expand prints the exact expansion of what SGD does to a loss: diagrams, their
// embeddings into an optimizer's space-time, the series they sum to, the difference of
// two optimizers, and predictions from recorded statistics.
//
// Without arguments it prints the order-3 expansion of the test loss of one-epoch SGD,
// next to exact and simulated SGD on a toy landscape. Run expand -h for the sub-commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/perturb-go/perturb/examples/internal/program"
)

const usage = `expand prints the exact expansion of what SGD does to a loss.

    expand                the order-3 expansion of one-epoch SGD's test loss, beside exact and simulated SGD
    expand diagrams       list or count diagrams
    expand embeddings     count the embeddings of diagrams into a grid
    expand series         the series of an observable on a grid
    expand compare        the difference of two grids' series, term by term
    expand evaluate       plain or re-summed values of an observable at learning rates
    expand polynomial     embedding counts as polynomials in E, N/B and B
    expand formula        a series for SGD of any N, M = E/B and B
    expand predict        a series over recorded statistics, with standard errors
    expand errata         where the paper errs, with its numbers, ours and SGD's
    expand corollary      what the paper's corollaries 1 to 5 ask, and the answers as formulas

Each has -h. Exit status 2 means bad input, 1 any other failure.
`

func main() { program.Main(run) }

// commands are the sub-commands by name.
var commands = map[string]func(ctx context.Context, c *command) error{
	"diagrams":   diagrams,
	"embeddings": embeddings,
	"series":     series,
	"compare":    compare,
	"evaluate":   evaluate,
	"polynomial": polynomial,
	"formula":    formula,
	"predict":    predict,
	"errata":     errataOfPaper,
	"corollary":  corollary,
}

// run executes the program and returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout)
	var bad *inputError
	return program.Status(stderr, "expand", err, errors.As(err, &bad))
}

func dispatch(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 0 {
		return overview(ctx, stdout)
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		_, err := io.WriteString(stdout, usage)
		return err
	}
	do, ok := commands[args[0]]
	if !ok {
		return badInput("%.40q is no sub-command: expected diagrams, embeddings, series, compare, evaluate, polynomial, formula, predict, errata or corollary", args[0])
	}
	err := do(ctx, newCommand(args[0], args[1:], stdout))
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}

// An inputError is the caller's mistake.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

func badInput(format string, args ...any) error { return &inputError{fmt.Errorf(format, args...)} }

// blame marks an error of the library as bad input, unless the context ended.
func blame(err error, format string, args ...any) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return badInput("%s: %w", fmt.Sprintf(format, args...), err)
}
