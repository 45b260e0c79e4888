package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/examples/internal/network"
	"github.com/perturb-go/perturb/examples/internal/program"
	"github.com/perturb-go/perturb/sim"
	"github.com/perturb-go/perturb/sim/net"
	"github.com/perturb-go/perturb/tensor"
	"github.com/perturb-go/perturb/value"
)

// options are what the command line asks for.
type options struct {
	landscape   sim.Landscape
	source      string // what the landscape is, for people: its name or its file's, or what a network is made of
	theory      theory
	network     *network.Network // nil if the landscape is none
	unmeasured  bool             // whether the theory has yet to be measured
	start       []float64
	optimizer   sim.Optimizer
	against     sim.Optimizer // nil if there is none
	rates       []float64
	times       []int64 // of the optimizer
	otherTimes  []int64 // of the one against it, as many
	observables []sim.Observable
	drift       bool
	order       int
	trials      int64
	test        int64
	seed        uint64
	controls    sim.Controls
	block       int64
	workers     int
	dir         string
	json        bool
	plot        string
}

// defaults are the flags of a landscape that are not given, by name.
var defaults = map[string]map[string]string{
	"archimedes": {
		"optimizer": "sgd", "T": "1000,10000", "eta": "0.02,0.05,0.1", "observable": "displacement[2]",
		"drift": "true", "controls": "martingale", "trials": "400", "block": "4",
	},
	"gauss": {"optimizer": "sgd", "T": "1", "eta": "0.05,0.1,0.15,0.2,0.25", "observable": "test", "trials": "20000"},
	"mean":  {"optimizer": "gd", "T": "10,100", "eta": "0.02,0.05,0.1", "observable": "test,gap", "trials": "2000"},
	"ridge": {"optimizer": "stic", "against": "gd", "T": "100", "eta": "0.02,0.05", "observable": "test,gap", "trials": "1000"},
	"":      {"optimizer": "sgd", "T": "4", "eta": "0.01,0.02,0.04", "observable": "test", "trials": "20000"},

	"convnet":  {"optimizer": "sgd", "T": "10", "eta": "0.005,0.01,0.02,0.04", "observable": "test,accuracy", "trials": "4000"},
	"logistic": {"optimizer": "sgd", "T": "10", "eta": "0.05,0.1,0.2,0.4", "observable": "test,accuracy", "trials": "10000"},
	"small":    {"optimizer": "sgd", "T": "10", "eta": "0.05,0.1,0.2,0.4", "observable": "test,accuracy", "trials": "10000"},
}

// general are the flags that have one default for all landscapes.
var general = map[string]string{"drift": "false", "controls": "frozen", "block": "0"}

const intro = `check measures what SGD does on a landscape, beside the theory's plain, continuous and
discrete values through each order.`

func parse(ctx context.Context, args []string, stdout io.Writer) (*options, error) {
	o := &options{}
	flags := program.Flags("check")
	landscape := flags.String("landscape", "archimedes", "archimedes, gauss, 'mean H=0.1 S=10', 'ridge H=0.1 S=10', convnet, logistic, small, or a landscape as a JSON `FILE`")
	choice := network.Flags(flags)
	statistics := flags.String("statistics", "", "the values of a network as the program measure writes them, a JSON `FILE`; unless given, those of a small one, at an -order at which all its tensors fit, are computed, and others measured, with less care")
	text := map[string]*string{}
	for name, usage := range map[string]string{
		"optimizer":  "the optimizer: 'sgd N=10 E=2 B=5', 'gd N=10 T=100', 'reshuffled N=10 E=2', 'sde T=10', 'ode T=10', 'gaussian T=10'; with plain values only 'gdc N=10 T=100 B=1'; without theory 'stic N=10 T=100', 'tic N=10 T=100'; or a first word alone, which is made to fit -T; sde approximates with a relative error of ηH/16, or ηH/100 with refine=100",
		"against":    "another optimizer: the difference of the first and this one is measured, on the same points",
		"eta":        "learning rates, a comma `LIST`",
		"T":          "numbers of updates at which to look at every optimizer, an increasing comma `LIST`; unless given, an optimizer that is given in full is looked at where it ends, so that E epochs at rate=1/E are set against one, and a first word alone where the other ends",
		"observable": "test, train, gap, displacement[0], and on a network accuracy, which has no theory; a comma `LIST`",
		"drift":      "true to measure the change per update between one time and the next",
		"controls":   "control variates: frozen, martingale or none",
		"trials":     "the number of trials at each learning rate",
		"block":      "trials to a block, the unit of work; 0 for the usual number",
		"start":      "the initial weights, a comma `LIST`; those of a FILE are its own",
	} {
		text[name] = flags.String(name, "", usage)
	}
	flags.IntVar(&o.order, "order", 3, "the highest number of edges of diagrams")
	flags.Int64Var(&o.test, "test", 0, "test points to a trial; 0 for the mean loss itself, and 40 on a network")
	flags.Uint64Var(&o.seed, "seed", 1, "the seed")
	flags.IntVar(&o.workers, "workers", 0, "goroutines; 0 is one to a processor")
	flags.StringVar(&o.dir, "dir", "", "a folder to keep blocks of trials in, from which a stopped run continues")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.StringVar(&o.plot, "plot", "", "draw the points to a `FILE` such as out.png, out.svg or out.pdf")
	if err := program.Parse(flags, args, intro, stdout); err == flag.ErrHelp {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", errInput, err)
	}
	if o.order < 1 || o.order > value.MaxOrder {
		return nil, fmt.Errorf("%w: -order %d: expected 1 to %d", errInput, o.order, value.MaxOrder)
	}
	if o.workers < 0 {
		return nil, fmt.Errorf("%w: -workers %d: expected 0 or more", errInput, o.workers)
	}
	if o.plot != "" {
		if err := checkPlot(o.plot); err != nil {
			return nil, err
		}
	}
	given := func(name string) bool { return *text[name] != "" }
	var err error
	switch isNetwork := slices.Contains(network.Models, *landscape); {
	case isNetwork && given("start"):
		err = fmt.Errorf("%w: -start is not for networks; expected -init", errInput)
	case isNetwork:
		err = o.readNetwork(ctx, choice, *landscape, *statistics)
	case *statistics != "":
		err = fmt.Errorf("%w: -statistics are those of a network", errInput)
	default:
		err = o.readLandscape(*landscape)
	}
	if err != nil {
		return nil, err
	}
	kind := ""
	if words := strings.Fields(*landscape); len(words) > 0 && defaults[words[0]] != nil {
		kind = words[0]
	}
	get := func(name string) string {
		if given(name) {
			return *text[name]
		}
		if d, ok := defaults[kind][name]; ok {
			return d
		}
		return general[name]
	}
	return o, o.read(get, given)
}

// readLandscape reads a name or a file.
func (o *options) readLandscape(text string) error {
	o.theory = exactTheory{}
	if l, err := sim.ParseLandscape(text); err == nil {
		o.landscape, o.source, o.start = l, l.Name(), make([]float64, l.Dim())
		return nil
	} else if words := strings.Fields(text); len(words) > 0 && defaults[words[0]] != nil {
		return err
	}
	f, err := os.Open(text)
	if err != nil {
		return fmt.Errorf("%w: -landscape: %w; expected archimedes, gauss, mean, ridge, convnet, logistic, small, or a JSON file", errInput, err)
	}
	defer f.Close()
	core, err := tensor.ReadLandscape(f)
	if err != nil {
		return fmt.Errorf("%w: -landscape %.80s: %w", errInput, text, err)
	}
	for _, x := range core.Theta() {
		f, _ := x.Float64()
		o.start = append(o.start, f)
	}
	o.source = text
	o.landscape, err = sim.Polynomial(core)
	return err
}

// testPoints is the number of test points on a network unless -test says otherwise.
const testPoints = 40

// readNetwork reads a network: in float64 if it is small, and float32 for the many trials
// that others take.
func (o *options) readNetwork(ctx context.Context, c *network.Choice, model, statistics string) error {
	precision := net.Float32
	if model == "small" {
		precision = net.Float64
	}
	n, err := c.Open(model, precision)
	if err != nil {
		return err
	}
	o.landscape, o.network, o.source, o.start = n, n, n.Source, n.Start
	if o.test == 0 {
		o.test = testPoints
	}
	switch {
	case statistics != "":
		o.theory, err = openStatistics(statistics, n)
	case model == "small":
		if o.theory, err = newDenseTheory(ctx, n, o.order); errors.Is(err, tensor.ErrTooLarge) {
			o.unmeasured, err = true, nil
		}
	default:
		o.unmeasured = true
	}
	return err
}

// read reads the flags whose defaults depend on the landscape.
func (o *options) read(get func(name string) string, given func(name string) bool) (err error) {
	list := func(name string, f func(word string) error) {
		for _, word := range strings.Split(get(name), ",") {
			if e := f(strings.TrimSpace(word)); e != nil && err == nil {
				err = fmt.Errorf("%w: -%s %.40q: %w", errInput, name, word, e)
			}
		}
	}
	float := func(to *[]float64) func(word string) error {
		return func(word string) error {
			x, e := strconv.ParseFloat(word, 64)
			*to = append(*to, x)
			return e
		}
	}
	integer := func(to *int64) func(word string) error {
		return func(word string) (e error) {
			*to, e = strconv.ParseInt(word, 10, 64)
			return e
		}
	}
	list("eta", float(&o.rates))
	if !given("T") {
		o.times, o.otherTimes = ends(get("optimizer"), get("against"))
	}
	if o.times == nil {
		list("T", func(word string) error {
			var t int64
			e := integer(&t)(word)
			o.times = append(o.times, t)
			return e
		})
		o.otherTimes = o.times
	}
	list("observable", func(word string) error {
		observable, e := sim.ParseObservable(word)
		o.observables = append(o.observables, observable)
		return e
	})
	if !slices.ContainsFunc(o.observables, hasTheory) {
		o.unmeasured = false
	}
	list("trials", integer(&o.trials))
	list("block", integer(&o.block))
	list("drift", func(word string) (e error) {
		o.drift, e = strconv.ParseBool(word)
		return e
	})
	list("controls", func(word string) error {
		at := slices.Index([]string{"frozen", "martingale", "none"}, word)
		o.controls = sim.Controls(at)
		if at < 0 {
			return fmt.Errorf("expected frozen, martingale or none")
		}
		return nil
	})
	if get("start") != "" {
		o.start = nil
		list("start", float(&o.start))
	}
	if err != nil {
		return err
	}
	if !given("drift") && (len(o.times) < 2 || given("against")) {
		o.drift = false
	}
	if o.drift && len(o.times) < 2 {
		return fmt.Errorf("%w: -drift takes two times or more", errInput)
	}
	if o.optimizer, err = readOptimizer(get("optimizer"), slices.Max(o.times)); err != nil {
		return err
	}
	if against := get("against"); against != "" {
		if o.drift {
			return fmt.Errorf("%w: -against is not for -drift", errInput)
		}
		o.against, err = readOptimizer(against, slices.Max(o.otherTimes))
	}
	return err
}

// ends returns the times at which two optimizers end that are given in full. One that is
// not ends where the other does; if neither is, there are none.
func ends(optimizer, against string) (times, otherTimes []int64) {
	end := func(text string) []int64 {
		if whole, err := sim.ParseOptimizer(text); err == nil {
			return []int64{whole.Steps()}
		}
		return nil
	}
	times, otherTimes = end(optimizer), end(against)
	if times == nil {
		times = otherTimes
	}
	if otherTimes == nil {
		otherTimes = times
	}
	return times, otherTimes
}

// readOptimizer reads an optimizer; a word alone is one that reaches the last time.
func readOptimizer(text string, last int64) (sim.Optimizer, error) {
	switch strings.TrimSpace(text) {
	case "sgd", "reshuffled":
		text = fmt.Sprintf("%s N=%d", text, max(1, last))
	case "gd", "gdc", "stic", "tic":
		text = fmt.Sprintf("%s N=10 T=%d", text, last)
	case "sde", "ode", "gaussian":
		text = fmt.Sprintf("%s T=%d", text, last)
	}
	return sim.ParseOptimizer(text)
}
