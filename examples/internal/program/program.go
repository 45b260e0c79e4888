// Package program starts and ends the example programs: they take flags only, stop at an
// interrupt, and report an error on one line.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// Main executes a program with a context that ends at the first interrupt, and exits with
// the status that run returns. A second interrupt ends even what does not look at the context.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Flags returns a set of flags without any, which prints nothing by itself.
func Flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// Parse reads a command line of flags alone. For -h it prints the intro and the flags, and
// returns flag.ErrHelp.
func Parse(f *flag.FlagSet, args []string, intro string, stdout io.Writer) error {
	err := f.Parse(args)
	if err == flag.ErrHelp {
		fmt.Fprintf(stdout, "%s\n\n", intro)
		f.SetOutput(stdout)
		f.PrintDefaults()
	}
	if err != nil {
		return err
	}
	if rest := f.Args(); len(rest) > 0 {
		return fmt.Errorf("unexpected argument %.40q: expected flags only; quote a value with spaces", rest[0])
	}
	return nil
}

// Status returns the exit status of a program that ended with an error, and reports it: 0
// for none and for flag.ErrHelp, 2 for bad input, 1 for any other failure. The report begins
// with the program's name, once, also if the error's does, as that of a package of this name.
func Status(stderr io.Writer, name string, err error, badInput bool) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\n", name, oneLine(name, err))
	if badInput {
		return 2
	}
	return 1
}

// maxMessage bounds the bytes of a message, which may quote what it was given.
const maxMessage = 500

// oneLine keeps a message short and on one line, for joined errors come on several, and
// leaves the name off.
func oneLine(name string, err error) string {
	text := strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\n", "; "), name+": ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
