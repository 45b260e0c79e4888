package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"
	"text/tabwriter"

	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/value"
)

// predictedPoint is a point of the JSON form of predict.
type predictedPoint struct {
	Eta    float64          `json:"eta"`
	Orders []predictedOrder `json:"orders"`
}

type predictedOrder struct {
	Order  int     `json:"order"`
	Mean   float64 `json:"mean"`
	StdErr float64 `json:"stderr"`
}

func predict(ctx context.Context, c *command) error {
	path := c.flags.String("statistics", "", "recorded statistics, as a JSON `FILE`")
	grid := c.dynamics("grid")
	order := c.integer("order", 0, "the highest power of η, the `ORDER`")
	rates := c.rates()
	observable := c.observable("test, train or gap")
	if err := c.parse("expand predict sums a series over recorded statistics, through each order, with standard errors: those that the values' errors have together, as the file's covariance or blocks say."); err != nil {
		return err
	}
	if err := c.require("statistics", "grid", "order", "eta"); err != nil {
		return err
	}
	statistics, err := readStatistics(*path)
	if err != nil {
		return err
	}
	points, err := predictions(ctx, *grid, *observable, *order, statistics, *rates)
	if err != nil {
		return blame(err, "-statistics %.80s", *path)
	}
	return c.printPredictions(points)
}

func readStatistics(path string) (*value.Statistics, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, badInput("-statistics: %w; expected recorded statistics as a JSON file", err)
	}
	statistics, err := value.ReadStatistics(bytes.NewReader(data))
	return statistics, blame(err, "-statistics %.80s", path)
}

func predictions(ctx context.Context, g embed.Dynamics, o value.Observable, order int, statistics *value.Statistics, rates []*big.Rat) ([]predictedPoint, error) {
	s, err := value.ExpandWorkers(ctx, g, o, order, statistics.Form(), 0)
	if err != nil {
		return nil, err
	}
	p, err := value.Predict(s, statistics)
	if err != nil {
		return nil, err
	}
	points := make([]predictedPoint, len(rates))
	for i, rate := range rates {
		eta, _ := rate.Float64()
		points[i] = predictedPoint{Eta: eta}
		for d, e := range p.At(eta) {
			if !finite(e.Mean) || !finite(e.StdErr) {
				return nil, fmt.Errorf("-eta %.40s: the sum through order %d is no finite number; expected a smaller learning rate", rate.RatString(), d)
			}
			points[i].Orders = append(points[i].Orders, predictedOrder{d, e.Mean, e.StdErr})
		}
	}
	return points, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func (c *command) printPredictions(points []predictedPoint) error {
	if c.json {
		return c.print(struct {
			Points []predictedPoint `json:"points"`
		}{points})
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "η")
	for _, o := range points[0].Orders {
		fmt.Fprintf(w, "\torder %d\t±", o.Order)
	}
	fmt.Fprintln(w)
	for _, p := range points {
		fmt.Fprintf(w, "%.6g", p.Eta)
		for _, o := range p.Orders {
			fmt.Fprintf(w, "\t%.7g\t%.1g", o.Mean, o.StdErr)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
