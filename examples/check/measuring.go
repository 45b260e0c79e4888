package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/sim/net/measure"
)

// ownBlocks is in how many blocks the values of a network are measured that come in no file.
const ownBlocks = 400

// newMeasuredTheory measures the values of a network itself.
func newMeasuredTheory(ctx context.Context, n *network.Network, order int, report func(done int)) (measuredTheory, error) {
	fail := func(err error) (measuredTheory, error) {
		return measuredTheory{}, fmt.Errorf("no -statistics, and in measuring them: %w", err)
	}
	classes, err := measure.Classes(ctx, order)
	if err != nil {
		return fail(err)
	}
	precise, err := net.New(n.Model(), n.Points(), net.Float64)
	if err != nil {
		return fail(err)
	}
	r, err := measure.Run(ctx, measure.Spec{
		Landscape: precise, Theta: n.Start, Diagrams: classes, Form: embed.Moment, Means: true,
	}, ownBlocks, measure.Options{Progress: report})
	if err != nil {
		return fail(err)
	}
	var file bytes.Buffer
	if err := r.WriteJSON(&file, n.Source); err != nil {
		return fail(err)
	}
	return readStatistics(&file, n)
}
