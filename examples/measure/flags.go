package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/examples/internal/program"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
)

// options are what the command line asks for.
type options struct {
	*network.Network
	spec    measure.Spec
	order   int
	blocks  int
	workers int
	out     string
}

const intro = `measure measures the plain values of diagrams on a network, without bias and with
standard errors, and writes them as statistics that expand predict and check -statistics
read. A measurement that was stopped continues where it was.`

func parse(ctx context.Context, args []string, stdout io.Writer) (*options, error) {
	o := &options{}
	flags := program.Flags("measure")
	model := flags.String("model", "convnet", strings.Join(network.Models, ", "))
	choice := network.Flags(flags)
	form := flags.String("form", "moment", "moment or cumulant, the form of the values")
	flags.IntVar(&o.order, "order", 3, "the highest number of edges of diagrams")
	flags.IntVar(&o.blocks, "blocks", 400, "independent estimates of every value; more continue a shorter measurement")
	flags.IntVar(&o.spec.Batch, "batch", measure.DefaultBatch, "images in a batch; an estimate takes one for each part of the largest diagram")
	flags.IntVar(&o.spec.Tied, "tied", 1, "images whose mean stands for a node that shares its part")
	flags.Uint64Var(&o.spec.Seed, "seed", 0, "the seed")
	flags.IntVar(&o.workers, "workers", 0, "goroutines; 0 is one to a processor")
	flags.StringVar(&o.out, "o", "stats.json", "the `FILE` to write; what is measured meanwhile is kept in FILE.blocks")
	if err := program.Parse(flags, args, intro, stdout); err == flag.ErrHelp {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", errInput, err)
	}
	if o.blocks < 2 || o.blocks > measure.MaxBlocks {
		return nil, fmt.Errorf("%w: -blocks %d: expected 2 to %d", errInput, o.blocks, measure.MaxBlocks)
	}
	if o.workers < 0 {
		return nil, fmt.Errorf("%w: -workers %d: expected 0 or more", errInput, o.workers)
	}
	if info, err := os.Stat(o.out); o.out == "" || err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: -o %.200q: expected a file", errInput, o.out)
	}
	var err error
	if o.spec.Form, err = embed.ParseForm(*form); err != nil {
		return nil, fmt.Errorf("%w: -form: %w", errInput, err)
	}
	if o.spec.Diagrams, err = measure.Classes(ctx, o.order); err != nil {
		return nil, fmt.Errorf("-order: %w", err)
	}
	if o.Network, err = choice.Open(*model, net.Float64); err != nil {
		return nil, err
	}
	o.spec.Landscape, o.spec.Theta = o.Network.Landscape, o.Network.Start
	return o, nil
}
